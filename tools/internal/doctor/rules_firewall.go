package doctor

import (
	"fmt"

	"github.com/zeromq/gozyre/tools/internal/doctor/firewall"
)

// stop is a filter that stops something, on some interfaces.
type stop struct {
	place    firewall.Place
	severity Severity
	in       bool
	what     string
	on       []string
	remedy   []string
}

// stops gathers them: one rule is told once.
type stops []*stop

func (s *stops) add(n stop, name string) {
	for _, have := range *s {
		if have.place == n.place && have.in == n.in && have.what == n.what && have.severity == n.severity {
			have.on = append(have.on, name)
			return
		}
	}
	n.on = []string{name}
	*s = append(*s, &n)
}

func (s stops) findings(code string) (found []Finding) {
	for _, one := range s {
		why := where(one.place)
		if one.place == (firewall.Place{}) {
			why = "the system refuses to send: operation not permitted"
		}
		verb := "stops"
		if one.severity == Suspect {
			verb = "probably stops"
		}
		found = append(found, Finding{Code: code, Severity: one.severity,
			What: fmt.Sprintf("this machine's packet filter %s %s on %s", verb, one.what, list(one.on)),
			Why:  why, Remedy: one.remedy})
	}
	return found
}

func firewallUDP(f *Facts) []Finding {
	var all stops
	in, out := fmt.Sprintf("incoming announcements (UDP port %d)", f.Port), fmt.Sprintf("outgoing announcements (UDP port %d)", f.Port)
	var silent []string
	for _, s := range f.spots() {
		unheard := f.Heard && !s.OwnHeard && !f.heardOn(s.Name)
		switch v := s.Filter.UDPIn; {
		case f.heardOn(s.Name): // it cannot be so
		case v.Outcome == firewall.Drop:
			all.add(stop{place: v.Place, severity: Wrong, in: true, what: in, remedy: f.let(v, firewall.UDP, true)}, s.Name)
		case v.Outcome == firewall.Perhaps && unheard:
			all.add(stop{place: v.Place, severity: Suspect, in: true, what: in, remedy: f.let(v, firewall.UDP, true)}, s.Name)
		}
		switch v := s.Filter.UDPOut; {
		case v.Outcome == firewall.Drop, s.Denied:
			all.add(stop{place: v.Place, severity: Wrong, what: out, remedy: f.let(v, firewall.UDP, false)}, s.Name)
		case v.Outcome == firewall.Perhaps && unheard:
			all.add(stop{place: v.Place, severity: Suspect, what: out, remedy: f.let(v, firewall.UDP, false)}, s.Name)
		}
		if unheard && s.SendErr == "" && s.Route != Unicast && s.Route != NoRoute && f.Firewall.Hidden {
			silent = append(silent, s.Name)
		}
	}
	found := all.findings(FirewallUDP)
	if len(silent) > 0 {
		found = append(found, Finding{Code: FirewallUDP, Severity: Suspect,
			What:   "something on this machine stops announcements on " + list(silent) + ", probably its packet filter",
			Why:    "our own announcements do not come back to us; the filter's rules are for root to read",
			Remedy: append([]string{"sudo zyre doctor"}, f.let(firewall.Verdict{}, firewall.UDP, true)...)})
	}
	return found
}

func firewallTCP(f *Facts) []Finding {
	var all stops
	ports := f.tcpPorts(" to ")
	in, out, back := "incoming connections (TCP port "+ports+")", "outgoing connections (TCP)", "the answers to outgoing connections (TCP)"
	for _, s := range f.spots() {
		switch v := s.Filter.TCPIn; {
		case f.enteredOn(s.Name): // it cannot be so
		case v.Outcome == firewall.Drop:
			all.add(stop{place: v.Place, severity: Wrong, in: true, what: in, remedy: f.let(v, firewall.TCP, true)}, s.Name)
		case v.Outcome == firewall.Perhaps && f.oneWayOn(s.Name):
			all.add(stop{place: v.Place, severity: Suspect, in: true, what: in, remedy: f.let(v, firewall.TCP, true)}, s.Name)
		}
		denied, failed, connected := f.dials(s.Name)
		switch v := s.Filter.TCPOut; {
		case connected:
		case v.Outcome == firewall.Drop, denied:
			all.add(stop{place: v.Place, severity: Wrong, what: out, remedy: f.let(v, firewall.TCP, false)}, s.Name)
		case v.Outcome == firewall.Perhaps && failed:
			all.add(stop{place: v.Place, severity: Suspect, what: out, remedy: f.let(v, firewall.TCP, false)}, s.Name)
		}
		if v := s.Filter.TCPReply; v.Outcome == firewall.Drop && v.Place != s.Filter.TCPIn.Place && !connected {
			all.add(stop{place: v.Place, severity: Wrong, in: true, what: back, remedy: letReplies(v.Place)}, s.Name)
		}
	}
	return all.findings(FirewallTCP)
}

// dials tells what became of connecting to others on an interface.
func (f *Facts) dials(name string) (denied, failed, connected bool) {
	for _, p := range f.others() {
		if p.Interface == name {
			denied = denied || p.Dial == Denied
			failed = failed || p.Dial.failed()
			connected = connected || p.Dial == Connected
		}
	}
	return denied, failed, connected
}

// oneWayOn tells whether somebody on the interface takes our connection, and makes none to us.
func (f *Facts) oneWayOn(name string) bool {
	for _, p := range f.others() {
		if f.Ran && p.Interface == name && p.oneWay() {
			return true
		}
	}
	return false
}

// oneWay is only of meaning while a node of ours ran.
func (p *Peer) oneWay() bool { return p.Dial == Connected && !p.Entered }
