package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ParseIPTables reads what iptables-save prints.
func ParseIPTables(text []byte) (Rules, error) {
	r := Rules{}
	table, seen := "", false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '*':
			table, seen = line[1:], true
		case line == "COMMIT":
			table = ""
		case table == "":
			return Rules{}, fmt.Errorf("firewall: no rule set of iptables: %.80q", line)
		case line[0] == ':':
			name, rest, _ := strings.Cut(line[1:], " ")
			policy, _, _ := strings.Cut(rest, " ")
			c := &chain{chainKey: chainKey{"ip", table, name}, refuses: policy == "DROP"}
			if policy != "-" && table != "nat" {
				c.hook = strings.ToLower(name) // forward is none that we follow
			}
			c.policy = Place{Tool: "iptables", Family: "ip", Table: table, Chain: name, Policy: true, Text: "-P " + name + " DROP"}
			r.add(c)
		default:
			words := split(line)
			for len(words) > 0 && strings.HasPrefix(words[0], "[") { // counters, with -c
				words = words[1:]
			}
			if len(words) < 2 || words[0] != "-A" {
				continue
			}
			if c := r.chains[chainKey{"ip", table, words[1]}]; c != nil {
				do := option(words[2:])
				c.rules = append(c.rules, rule{eval: do.eval, place: Place{Tool: "iptables", Family: "ip", Table: table,
					Chain: words[1], Text: line, Reject: do.target == "REJECT"}})
			}
		}
	}
	if !seen {
		return Rules{}, fmt.Errorf("firewall: no rule set of iptables")
	}
	return r, nil
}

// split takes a line apart as a shell would.
func split(line string) (words []string) {
	var b strings.Builder
	quoted, any := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line):
			i++
			b.WriteByte(line[i])
		case c == '"':
			quoted, any = !quoted, true
		case c == ' ' && !quoted:
			if b.Len() > 0 || any {
				words = append(words, b.String())
			}
			b.Reset()
			any = false
		default:
			b.WriteByte(c)
		}
	}
	if b.Len() > 0 || any {
		words = append(words, b.String())
	}
	return words
}

// condition is an option of a rule of iptables, with its arguments.
type condition struct {
	name   string
	args   []string
	negate bool
}

// options are a rule of iptables.
type options struct {
	conditions []condition
	target     string
	leave      bool // -g: does not come back
}

// option reads the words of a rule behind its chain.
func option(words []string) (o options) {
	negate := false
	for i := 0; i < len(words); i++ {
		word := words[i]
		if word == "!" {
			negate = true
			continue
		}
		c := condition{name: word, negate: negate}
		negate = false
		if word == "--comment" { // which may look like anything
			i++
			continue
		}
		for i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") && words[i+1] != "!" {
			i++
			c.args = append(c.args, words[i])
		}
		if word == "-j" || word == "-g" {
			if len(c.args) > 0 {
				o.target = c.args[0]
			}
			o.leave = word == "-g"
			break // what follows belongs to the target
		}
		if !slices.Contains([]string{"-m", "--match"}, word) {
			o.conditions = append(o.conditions, c)
		}
	}
	return o
}

func (o options) eval(p *Packet) (tri, action, string) {
	so := yes
	for _, c := range o.conditions {
		match := c.match(p)
		if c.negate {
			match = match.not()
		}
		if so = min(so, match); so == no {
			return no, nothing, ""
		}
	}
	switch o.target {
	case "ACCEPT":
		return so, accept, ""
	case "DROP", "REJECT":
		return so, drop, ""
	case "RETURN":
		return so, back, ""
	case "", "LOG", "NFLOG", "MARK", "CONNMARK", "TRACE", "CT", "NOTRACK", "TCPMSS":
		return so, nothing, ""
	}
	if o.leave {
		return so, goTo, o.target
	}
	return so, jump, o.target
}

// match tells how far one condition holds. What iptables can ask and is not here is
// maybe.
func (c condition) match(p *Packet) tri {
	if c.name == "--tcp-flags" && len(c.args) == 2 && strings.Contains(c.args[0], "SYN") && strings.Contains(c.args[0], "ACK") {
		return known(p.Proto == TCP && (c.args[1] == "SYN") == !p.Established)
	}
	if len(c.args) != 1 {
		return maybe
	}
	arg := c.args[0]
	switch c.name {
	case "-p", "--protocol":
		n, isNumber := number(arg)
		mine := protocols[string(p.Proto)]
		return known(arg == "all" || arg == "0" || isNumber && n == mine)
	case "-i", "--in-interface":
		return known(p.In && interfaceIs(p.Interface, arg))
	case "-o", "--out-interface":
		return known(!p.In && interfaceIs(p.Interface, arg))
	case "-s", "--source":
		return inNetwork(p.Source, arg)
	case "-d", "--destination":
		return inNetwork(p.Target, arg)
	case "--dport", "--destination-port", "--dports", "--destination-ports":
		return inPorts(p.TargetPort, arg)
	case "--sport", "--source-port", "--sports", "--source-ports":
		return inPorts(p.SourcePort, arg)
	case "--ports":
		return max(inPorts(p.TargetPort, arg), inPorts(p.SourcePort, arg))
	case "--ctstate", "--state":
		state := "NEW"
		if p.Established {
			state = "ESTABLISHED"
		}
		return known(slices.Contains(strings.Split(arg, ","), state))
	case "--dst-type", "--src-type":
		kind, _ := p.addressType(c.name == "--dst-type")
		return known(strings.EqualFold(kind.(string), arg))
	case "--pkt-type":
		kind, state := meta(p, "pkttype")
		if state != present {
			return maybe
		}
		if arg == "unicast" {
			return known(kind == "host")
		}
		return known(kind == arg)
	}
	return maybe
}

func interfaceIs(name, arg string) bool {
	if start, is := strings.CutSuffix(arg, "+"); is {
		return strings.HasPrefix(name, start)
	}
	return name == arg
}

func inNetwork(addr netip.Addr, arg string) tri {
	if one, err := netip.ParseAddr(arg); err == nil {
		return known(addr == one)
	}
	network, err := netip.ParsePrefix(arg)
	if err != nil {
		return maybe // a mask with holes
	}
	return known(network.Contains(addr))
}

// inPorts reads 80, 80:90, 80:, :90, and lists of them.
func inPorts(port uint16, arg string) tri {
	for one := range strings.SplitSeq(arg, ",") {
		from, to, isRange := strings.Cut(one, ":")
		low, high := uint64(0), uint64(65535)
		var errLow, errHigh error
		if from != "" {
			low, errLow = strconv.ParseUint(from, 10, 16)
		}
		if !isRange {
			high = low
		} else if to != "" {
			high, errHigh = strconv.ParseUint(to, 10, 16)
		}
		if errLow != nil || errHigh != nil {
			return maybe
		}
		if uint64(port) >= low && uint64(port) <= high {
			return yes
		}
	}
	return no
}
