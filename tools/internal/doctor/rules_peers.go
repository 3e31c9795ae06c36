package doctor

import (
	"fmt"
	"slices"

	"github.com/zeromq/gozyre/tools/internal/doctor/firewall"
)

// unmet are the peers on other machines, on interfaces that are used, that cannot be
// connected to. They may have entered: their messages come in, and ours wait for a connection.
func (f *Facts) unmet() (all []*Peer) {
	for _, p := range f.others() {
		for i := range f.Interfaces {
			if f.Interfaces[i].Name == p.Interface && f.uses(&f.Interfaces[i]) && p.Dial.failed() {
				all = append(all, p)
			}
		}
	}
	return all
}

func otherNetwork(f *Facts) (found []Finding) {
	strange := func(p *Peer) bool { return !f.onNet(p) }
	for _, peers := range byInterface(f.unmet(), strange) {
		name := peers[0].Interface
		var why []string
		for _, p := range peers {
			why = append(why, p.DialErr)
		}
		found = append(found, Finding{Code: OtherNetwork, Severity: Wrong,
			What:   fmt.Sprintf("on the wire of %s, and in another IP network: %s", name, hosts(peers)),
			Why:    "heard, and cannot be connected to: " + list(why),
			Remedy: []string{"ip -4 address show dev " + quote(name)},
			Advice: "Give both machines addresses of one network: the same prefix, such as /24."})
	}
	return found
}

// byInterface returns those of the peers that pass, in a list for each interface.
func byInterface(peers []*Peer, pass func(*Peer) bool) (all [][]*Peer) {
	for _, p := range peers {
		if !pass(p) {
			continue
		}
		at := slices.IndexFunc(all, func(have []*Peer) bool { return have[0].Interface == p.Interface })
		if at < 0 {
			at, all = len(all), append(all, nil)
		}
		all[at] = append(all[at], p)
	}
	return all
}

// isolation is about who is heard and cannot be connected to, where that is not our
// own filter's doing.
func isolation(f *Facts) (found []Finding) {
	unexplained := func(p *Peer) bool {
		net := f.netOf(p)
		return f.onNet(p) && (net == nil || net.Filter.TCPOut.Outcome != firewall.Drop && net.Filter.TCPReply.Outcome != firewall.Drop)
	}
	for _, peers := range byInterface(f.unmet(), unexplained) {
		found = append(found, f.apart(peers[0].Interface, peers))
	}
	return found
}

// apart is a finding about those who cannot be connected to on an interface.
func (f *Facts) apart(name string, peers []*Peer) Finding {
	mute, answers, refused, entered := true, false, false, false
	var why []string
	for _, p := range peers {
		mute = mute && p.Neighbour == Mute
		answers = answers || p.Neighbour == Answers
		entered = entered || p.Entered
		refused = refused || p.Dial == Refused
		why = append(why, fmt.Sprintf("%v: %s", p.Addr, p.DialErr))
	}
	_, _, connected := f.dials(name)
	finding := Finding{Code: Isolation, Severity: Wrong,
		What:   fmt.Sprintf("%s: announcements of %s come in, and nothing else gets through", name, addrs(peers)),
		Why:    list(why),
		Remedy: []string{lookAt(peers[0].Addr.Addr())},
	}
	there := fmt.Sprintf("Over there: zyre doctor; or let TCP ports %d to %d in, such as with: sudo ufw allow %d:%d/tcp.", dynamicLow, dynamicHigh, dynamicLow, dynamicHigh)
	access := "Switch off \"client isolation\" (\"AP isolation\", \"guest network\") of the access point or switch."
	switch {
	case entered:
		finding.Code = PeerUnreachable
		finding.What = fmt.Sprintf("%s: %s cannot be connected to", name, addrs(peers))
		finding.Why += "; their messages come in, so it is the packet filter there"
		finding.Advice = there
	case connected:
		finding.Code = PeerUnreachable
		finding.Why += "; others are connected to on the same network, so it is the packet filter there"
		finding.Advice = there
	case mute:
		finding.Why += "; their hosts do not even tell their hardware address"
		finding.Advice = access
	case refused:
		finding.Why += "; something refuses in their place"
		finding.Advice = there + " " + access
	case answers:
		finding.Why += "; their hosts are there: they tell their hardware address"
		finding.Advice = there + " " + access
	default:
		finding.Advice = access + " " + there
	}
	return finding
}

// oneWay is about who takes our connection, and makes none to us.
func oneWay(f *Facts) (found []Finding) {
	var peers []*Peer
	for _, p := range f.others() {
		net := f.netOf(p)
		explained := net != nil && net.Filter.TCPIn.Outcome != firewall.Pass
		if f.Ran && p.oneWay() && !explained && f.uses(&Interface{Name: p.Interface}) {
			peers = append(peers, p)
		}
	}
	if len(peers) == 0 || f.Malformed > 0 {
		return nil
	}
	finding := Finding{Code: OneWay, Severity: Suspect,
		What:   fmt.Sprintf("%s can be connected to, and cannot or do not connect to us", addrs(peers)),
		Why:    "the packet filter here lets them in: something on the way does not, or they do not speak ZRE/2",
		Advice: "Over there: zyre doctor.",
		Remedy: []string{fmt.Sprintf("sudo tcpdump -ni %s 'tcp[tcpflags] & tcp-syn != 0 and src host %v'", quote(peers[0].Interface), peers[0].Addr.Addr())}}
	if f.Firewall.Hidden || len(f.Firewall.Tools) == 0 {
		finding.Code = FirewallTCP
		finding.Why = "connections to them work, and theirs to us do not arrive: probably this machine's packet filter, whose rules were not readable"
		finding.Remedy = append([]string{"sudo zyre doctor"}, f.let(firewall.Verdict{}, firewall.TCP, true)...)
	}
	return []Finding{finding}
}

func peerUnreachable(f *Facts) (found []Finding) {
	for _, s := range f.Static {
		if s.Dial == Unnamed {
			found = append(found, Finding{Code: PeerUnreachable, Severity: Wrong,
				What:   fmt.Sprintf("no address was found for the peer %s, which was named", s.Endpoint),
				Why:    s.Err,
				Advice: "Is it spelled right? An address, such as 192.168.7.2:5671, needs no name."})
		} else if s.Dial != Connected && s.Dial != "" {
			found = append(found, Finding{Code: PeerUnreachable, Severity: Wrong,
				What:   fmt.Sprintf("the peer %s, which was named, cannot be connected to", s.Endpoint),
				Why:    s.Err,
				Advice: "It has to run there, with --tcp-port of that number, and its packet filter has to let that in."})
		}
	}
	told := map[string]bool{}
	for _, p := range f.Peers {
		if p.Here && p.Dial.failed() && !told[p.UUID] {
			told[p.UUID] = true // it may be heard on several interfaces
			found = append(found, Finding{Code: PeerUnreachable, Severity: Wrong,
				What:   fmt.Sprintf("%v, on this machine, cannot be connected to", p.Addr),
				Why:    p.DialErr,
				Remedy: []string{whoHas("tcp", p.Addr.Port())}})
		}
	}
	return found
}

// noFiles is about who can be talked with, and whose files cannot be had.
func noFiles(f *Facts) (found []Finding) {
	told := map[string]bool{}
	for _, p := range f.Peers {
		if !p.Files.Dial.failed() || p.Dial != Connected || told[p.UUID] {
			continue
		}
		told[p.UUID] = true
		found = append(found, Finding{Code: NoFiles, Severity: Wrong,
			What:   fmt.Sprintf("%s offers files at %v, which cannot be connected to, while messages get through", p.Name, p.Files.Addr),
			Why:    p.Files.DialErr,
			Advice: fmt.Sprintf("Over there: let TCP port %d in, too.", p.Files.Addr.Port())})
	}
	return found
}

func otherVersion(f *Facts) (found []Finding) {
	for _, s := range f.Strangers {
		if s.Version != 0 {
			found = append(found, Finding{Code: OtherVersion, Severity: Suspect,
				What:   fmt.Sprintf("%v announces itself in version %d, and ours is 1: neither sees the other", s.Addr, s.Version),
				Why:    "version 3 is the encrypted draft of ZRE; all others are unknown here",
				Advice: "Let it run without encryption, or update the older of both."})
		}
	}
	if f.Malformed > 0 {
		found = append(found, Finding{Code: OtherVersion, Severity: Suspect,
			What:   fmt.Sprintf("%d messages came that are none of ZRE/2: somebody speaks another version", f.Malformed),
			Why:    "who is heard and does not enter: " + addrs(f.unentered()),
			Advice: "Update the older of both."})
	}
	return found
}

func (f *Facts) unentered() (all []*Peer) {
	for i := range f.Peers {
		if !f.Peers[i].Entered {
			all = append(all, &f.Peers[i])
		}
	}
	return all
}

// nobody is about a machine on which all is as it should be.
func nobody(f *Facts) []Finding {
	if !f.Heard || len(f.others()) > 0 {
		return nil
	}
	return []Finding{{Code: Nobody, Severity: Note,
		What:   "nobody on another machine was heard",
		Advice: "If somebody should be: run zyre doctor there; compare --port; both have to be in one network, without a router between; else name them: --peer HOST:PORT."}}
}

func strangers(f *Facts) (found []Finding) {
	for _, s := range f.Strangers {
		if s.Version == 0 {
			found = append(found, Finding{Code: Strange, Severity: Note,
				What: fmt.Sprintf("%v sends to UDP port %d what is no announcement of Zyre", s.Addr, f.Port)})
		}
	}
	return found
}
