package firewall

import "slices"

// state is what is known of a packet's property.
type state uint8

const (
	unknown state = iota // it has it, and we do not know
	absent               // such a packet has none: nothing matches
	present
)

// match compares as a match statement of nft says.
func (n nftReader) match(p *Packet, m object) tri {
	have, state := operand(p, m["left"])
	switch state {
	case absent:
		return no
	case unknown:
		return maybe
	}
	right := m["right"]
	switch m["op"] {
	case "==", "in", nil:
		return n.equal(have, right)
	case "!=":
		return n.equal(have, right).not()
	case "<", ">", "<=", ">=":
		a, okA := number(have)
		b, okB := number(right)
		if !okA || !okB {
			return maybe
		}
		switch m["op"] {
		case "<":
			return known(a < b)
		case ">":
			return known(a > b)
		case "<=":
			return known(a <= b)
		}
		return known(a >= b)
	}
	return maybe
}

// operand reads a property of the packet: a string, a number (float64) or an address.
func operand(p *Packet, left any) (any, state) {
	of, _ := left.(object)
	for kind, arg := range of {
		a, _ := arg.(object)
		key, _ := a["key"].(string)
		switch kind {
		case "meta":
			return meta(p, key)
		case "ct":
			switch key {
			case "state":
				if p.Established {
					return "established", present
				}
				return "new", present
			case "direction":
				return "original", present
			case "status":
				if !p.Established {
					return "none", present // no address was translated
				}
			}
		case "&":
			if both := asList(arg); len(both) == 2 && isFlags(both[0]) {
				return p.flag(asList(both[1]))
			}
		case "payload":
			protocol, _ := a["protocol"].(string)
			field, _ := a["field"].(string)
			return payload(p, protocol, field)
		case "fib":
			flags := asList(a["flags"])
			if one, is := a["flags"].(string); is {
				flags = []any{one}
			}
			if a["result"] == "type" && len(flags) == 1 {
				return p.addressType(flags[0] == "daddr")
			}
		}
	}
	return nil, unknown
}

func isFlags(left any) bool {
	of, _ := left.(object)
	payload, _ := of["payload"].(object)
	return payload["protocol"] == "tcp" && payload["field"] == "flags"
}

// flag is the one of these TCP flags that the packet has: the first of a connection
// has syn, the others of those that filters ask for have ack.
func (p *Packet) flag(of []any) (any, state) {
	one := "syn"
	if p.Established {
		one = "ack"
	}
	switch {
	case p.Proto != TCP:
		return nil, absent
	case len(of) > 1 && slices.Contains(of, any(one)):
		return one, present
	}
	return nil, unknown
}

// addressType is what the routing table says of an address.
func (p *Packet) addressType(target bool) (any, state) {
	switch {
	case target && p.Broadcast:
		return "broadcast", present
	case target == p.In:
		return "local", present
	}
	return "unicast", present
}

func meta(p *Packet, key string) (any, state) {
	here, in := p.Interface, p.In
	switch key {
	case "iif", "iifname":
		if in {
			return here, present
		}
		return nil, absent
	case "oif", "oifname":
		if !in {
			return here, present
		}
		return nil, absent
	case "l4proto":
		return string(p.Proto), present
	case "protocol":
		return "ip", present
	case "nfproto":
		return "ipv4", present
	case "pkttype":
		if !in {
			return nil, unknown
		}
		if p.Broadcast {
			return "broadcast", present
		}
		return "host", present
	}
	return nil, unknown
}

func payload(p *Packet, protocol, field string) (any, state) {
	switch protocol {
	case "th", "udp", "tcp":
		if protocol != "th" && protocol != string(p.Proto) {
			return nil, absent
		}
		switch field {
		case "dport":
			return float64(p.TargetPort), present
		case "sport":
			return float64(p.SourcePort), present
		}
	case "ip":
		switch field {
		case "saddr":
			return p.Source, present
		case "daddr":
			return p.Target, present
		case "protocol":
			return string(p.Proto), present
		}
	case "ip6", "icmp", "icmpv6", "arp", "sctp", "dccp", "udplite", "ah", "esp":
		return nil, absent
	}
	return nil, unknown
}
