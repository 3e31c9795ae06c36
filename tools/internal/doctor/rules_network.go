package doctor

import (
	"fmt"
	"slices"
	"strings"
)

func portOwned(f *Facts) (found []Finding) {
	tell := func(proto string, port uint16, s Socket, other string) {
		if !s.InUse {
			return
		}
		by, commands := "another program", []string{whoHas(proto, port)}
		if h := s.Holder; h.PID != 0 {
			by = fmt.Sprintf("%s (process %d of user %d)", h.Program, h.PID, h.User)
			commands = append(commands, fmt.Sprintf("sudo kill %d", h.PID))
		} else if h.Known {
			by = fmt.Sprintf("a program of user %d", h.User)
		}
		found = append(found, Finding{Code: PortOwned, Severity: Wrong,
			What: fmt.Sprintf("%s port %d belongs to %s, which does not share it: no node can run here", strings.ToUpper(proto), port, by),
			Why:  s.Err, Remedy: commands, Advice: other})
	}
	tell("udp", f.Port, f.Listen, "Or give all nodes of the network another port: --port.")
	tell("tcp", f.TCPPort, f.Bind, "Or give this node another one: --tcp-port; or none: one that is free is chosen.")
	return found
}

func wrongInterface(f *Facts) (found []Finding) {
	var have, idle []string
	for i := range f.Interfaces {
		have = append(have, f.Interfaces[i].Name)
	}
	for _, name := range f.Missing {
		found = append(found, Finding{Code: WrongInterface, Severity: Wrong,
			What: fmt.Sprintf("there is no interface %q, which was named", name),
			Why:  "this machine has " + list(have), Remedy: []string{"ip -br address"}})
	}
	for i := range f.Interfaces {
		if of := &f.Interfaces[i]; slices.Contains(f.Named, of.Name) && len(of.Nets) == 0 {
			idle = append(idle, of.Name)
			why, commands := of.idle()
			found = append(found, Finding{Code: WrongInterface, Severity: Wrong,
				What: fmt.Sprintf("%s, which was named, has no network to announce on", of.Name),
				Why:  of.Name + " " + why, Remedy: commands, Advice: "Or name another: --interface; or none: all are used."})
		}
	}
	if len(f.Named) == 0 || len(f.Missing)+len(idle) == len(f.Named) {
		return found
	}
	var elsewhere []*Peer
	var on []string
	for _, p := range f.others() {
		if slices.Contains(f.Named, p.Interface) {
			return found
		}
		elsewhere, on = append(elsewhere, p), append(on, p.Interface)
	}
	if len(elsewhere) == 0 {
		return found
	}
	slices.Sort(on)
	flags := ""
	for _, name := range slices.Compact(on) {
		flags += " --interface " + quote(name)
	}
	return append(found, Finding{Code: WrongInterface, Severity: Wrong,
		What:   fmt.Sprintf("the others are on %s, and only %s may be used", list(on), list(f.Named)),
		Why:    fmt.Sprintf("heard: %s; nobody on %s", addrs(elsewhere), list(f.Named)),
		Remedy: []string{"zyre doctor" + flags}, Advice: "Give every node these flags, or none: then all interfaces are used."})
}

// idle tells why an interface has no network to announce on.
func (i *Interface) idle() (why string, commands []string) {
	show := "ip -4 address show dev " + quote(i.Name)
	switch {
	case !i.Up:
		return "is down", []string{"sudo ip link set dev " + quote(i.Name) + " up"}
	case !i.Carrier:
		return "has no carrier: no cable, or no radio network", []string{"ip link show dev " + quote(i.Name)}
	case i.PointToPoint:
		return "is point-to-point: it has no broadcast", []string{"zyre ping --peer HOST:PORT"}
	case len(i.Addrs) == 0:
		return "has no IPv4 address", []string{show, "sudo dhclient " + quote(i.Name)}
	}
	return fmt.Sprintf("has %v: that is no network with a broadcast address", i.Addrs[0]), []string{show}
}

// noInterface is about a machine that is in no network. That it is alone may be meant:
// nodes on it find each other all the same.
func noInterface(f *Facts) []Finding {
	if len(f.Named) > 0 {
		return nil
	}
	var why, commands []string
	for i := range f.Interfaces {
		of := &f.Interfaces[i]
		switch {
		case of.Role == Loopback:
		case of.Role == Container || of.Role == VPN:
			why = append(why, of.Name+" leads elsewhere")
		case of.Up && of.Carrier && len(of.Addrs) > 0: // without a broadcast address it is noBroadcastRoute's
			return nil
		default:
			w, c := of.idle()
			why, commands = append(why, of.Name+" "+w), append(commands, c...)
		}
	}
	if len(why) == 0 {
		why, commands = []string{"there is no other interface"}, []string{"ip -br address"}
	}
	return []Finding{{Code: NoInterface, Severity: Wrong,
		What: "this machine is in no network: only nodes on it find each other",
		Why:  list(why), Remedy: commands}}
}

func nodeFails(f *Facts) (found []Finding) {
	for _, err := range []string{f.NodeErr, unless(f.Listen.InUse, f.Listen.Err), unless(f.Bind.InUse, f.Bind.Err)} {
		if err != "" {
			found = append(found, Finding{Code: NodeFails, Severity: Wrong, What: "no node can be started here", Why: err})
		}
	}
	return found
}

func unless(not bool, text string) string {
	if not {
		return ""
	}
	return text
}

func noBroadcastRoute(f *Facts) (found []Finding) {
	for _, s := range f.spots() {
		if s.Route != Unicast && s.Route != NoRoute {
			continue
		}
		why := fmt.Sprintf("the system has no route to %v", s.Target)
		if s.Route == Unicast {
			why = fmt.Sprintf("the system takes %v for the address of a host", s.Target)
		}
		found = append(found, Finding{Code: NoBroadcastRoute, Severity: Wrong,
			What: fmt.Sprintf("%s has no broadcast route: announcements neither leave nor come in there", s.Name),
			Why:  why, Remedy: []string{addRoute(s.Name, *s.Net)}})
	}
	for i := range f.Interfaces {
		of := &f.Interfaces[i]
		ordinary := of.Role == Network || of.Role == Wireless
		if !ordinary || !f.matters(of) || len(f.Named) > 0 || !of.Up || !of.Carrier || of.PointToPoint || len(of.Addrs) == 0 || len(of.Nets) > 0 {
			continue
		}
		why, commands := of.idle()
		found = append(found, Finding{Code: NoBroadcastRoute, Severity: Wrong,
			What: fmt.Sprintf("%s has no broadcast address: nothing can be announced there", of.Name),
			Why:  of.Name + " " + why, Remedy: append(commands, "zyre ping --peer HOST:PORT"),
			Advice: "Give it the prefix of its network, such as /24; or name the others: --peer."})
	}
	return found
}

func ownUnheard(f *Facts) (found []Finding) {
	for _, s := range f.spots() {
		explained := s.Route == Unicast || s.Route == NoRoute || s.Filter.UDPIn.Outcome != 0 || s.Filter.UDPOut.Outcome != 0 || s.Denied || f.Firewall.Hidden
		switch {
		case !f.Heard || s.OwnHeard || explained || f.heardOn(s.Name):
		case s.SendErr != "":
			found = append(found, Finding{Code: OwnUnheard, Severity: Wrong,
				What: "nothing can be announced on " + s.Name, Why: s.SendErr, Remedy: []string{"ip address show dev " + quote(s.Name)}})
		default:
			found = append(found, Finding{Code: OwnUnheard, Severity: Suspect,
				What:   fmt.Sprintf("our own announcements on %s do not come back to us", s.Name),
				Why:    fmt.Sprintf("sent to %v; route and packet filter are as they should be", s.Target),
				Remedy: []string{fmt.Sprintf("sudo tcpdump -ni %s udp port %d", quote(s.Name), f.Port)}})
		}
	}
	return found
}
