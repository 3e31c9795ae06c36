package doctor

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/zeromq/gozyre/tools/internal/doctor/firewall"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// mostLines is how many peers are told by themselves, where a person reads.
const mostLines = 50

// report prints what was seen and what was found.
func report(w io.Writer, f Facts, found []Finding, asJSON bool) error {
	if asJSON {
		_, err := w.Write(show.Line(jsonOf(f, found)))
		return err
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for i := range f.Interfaces {
		of := &f.Interfaces[i]
		if len(of.Nets) == 0 {
			why, _ := of.idle()
			fmt.Fprintf(table, "%s\t%s\t%s\n", show.Text(of.Name), of.Role, why)
		}
		for _, n := range of.Nets {
			fmt.Fprintf(table, "%s\t%s\t%v\t%s\n", show.Text(of.Name), of.Role, n.Prefix, n.state(f.Heard, f.uses(of)))
		}
	}
	_ = table.Flush()
	for i, p := range f.Peers {
		if i == mostLines {
			fmt.Fprintf(&b, "and %d more\n", len(f.Peers)-mostLines)
			break
		}
		fmt.Fprintf(&b, "%s at %v on %s: %s\n", p.title(), p.Addr, show.Text(p.Interface), p.state())
	}
	b.WriteByte('\n')
	if Healthy(found) {
		b.WriteString("nothing wrong\n")
	}
	for _, one := range found {
		fmt.Fprintf(&b, "%s: %s: %s\n", one.Severity, one.Code, show.Text(one.What))
		if one.Why != "" {
			fmt.Fprintf(&b, "    seen: %s\n", show.Text(one.Why))
		}
		for i, command := range one.Remedy {
			lead := "try:  "
			if i > 0 {
				lead = "      "
			}
			fmt.Fprintf(&b, "    %s%s\n", lead, show.Text(command))
		}
		if one.Advice != "" {
			fmt.Fprintf(&b, "    %s\n", show.Text(one.Advice))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// state is what became of announcements on a network.
func (n *Net) state(heard, used bool) string {
	switch {
	case !used:
		return "not among --interface"
	case n.SendErr != "":
		return "nothing can be announced to " + n.Target.String()
	case n.OwnHeard:
		return "announced to " + n.Target.String() + ", and heard it"
	case !heard:
		return "announced to " + n.Target.String()
	}
	return "announced to " + n.Target.String() + ", and did not hear it"
}

func (p *Peer) title() string {
	if p.Entered {
		return show.Text(p.Name) + " (" + p.UUID + ")"
	}
	return p.UUID
}

func (p *Peer) state() string {
	switch {
	case p.Entered:
		return "speaks ZRE/2, entered"
	case p.Dial == "":
		return "heard"
	case p.Dial == Connected:
		return "takes connections, did not enter"
	}
	return string(p.Dial) + ": " + show.Text(p.DialErr)
}

// The report in JSON.
type (
	jsonReport struct {
		Type       string          `json:"type"` // DOCTOR
		Healthy    bool            `json:"healthy"`
		Findings   []Finding       `json:"findings"`
		Port       uint16          `json:"port"`
		Interfaces []jsonInterface `json:"interfaces"`
		Peers      []jsonPeer      `json:"peers"`
		Firewall   []string        `json:"firewall"` // whose rules were read
		Limit      uint64          `json:"descriptors,omitzero"`
		Time       string          `json:"time"`
	}
	jsonInterface struct {
		Name string    `json:"name"`
		Role Role      `json:"role"`
		Up   bool      `json:"up"`
		Used bool      `json:"used"`
		Nets []jsonNet `json:"networks"`
	}
	jsonNet struct {
		Address  string `json:"address"`
		Target   string `json:"broadcast"`
		Route    Route  `json:"route,omitzero"`
		OwnHeard bool   `json:"own_heard"`
		Error    string `json:"error,omitzero"`
		UDP      string `json:"udp_in"`
		TCP      string `json:"tcp_in"`
	}
	jsonPeer struct {
		Peer      string `json:"peer"`
		Name      string `json:"name,omitzero"`
		Addr      string `json:"addr"`
		Interface string `json:"interface"`
		Version   int    `json:"beacon_version"`
		Dial      Dial   `json:"dial,omitzero"`
		Cause     string `json:"cause,omitzero"`
		Entered   bool   `json:"entered"`
	}
)

func jsonOf(f Facts, found []Finding) jsonReport {
	r := jsonReport{Type: "DOCTOR", Healthy: Healthy(found), Findings: found, Port: f.Port, Interfaces: []jsonInterface{},
		Peers: []jsonPeer{}, Firewall: append([]string{}, f.Firewall.Tools...), Limit: f.Limit, Time: show.Time(f.Clock.Now)}
	for i := range f.Interfaces {
		of := &f.Interfaces[i]
		out := jsonInterface{Name: of.Name, Role: of.Role, Up: of.Up, Used: f.uses(of), Nets: []jsonNet{}}
		for _, n := range of.Nets {
			out.Nets = append(out.Nets, jsonNet{n.Prefix.String(), n.Target.String(), n.Route, n.OwnHeard, n.SendErr,
				outcome(n.Filter.UDPIn.Outcome), outcome(n.Filter.TCPIn.Outcome)})
		}
		r.Interfaces = append(r.Interfaces, out)
	}
	for _, p := range f.Peers {
		r.Peers = append(r.Peers, jsonPeer{p.UUID, p.Name, "tcp://" + p.Addr.String(), p.Interface, p.Version, p.Dial, p.DialErr, p.Entered})
	}
	return r
}

// outcome is a firewall's in JSON.
func outcome(o firewall.Outcome) string {
	switch o {
	case firewall.Drop:
		return "drop"
	case firewall.Perhaps:
		return "perhaps"
	}
	return "pass"
}
