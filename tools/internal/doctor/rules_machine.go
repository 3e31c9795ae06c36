package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// needs is how many descriptors a node takes among so many others.
func needs(peers int) uint64 { return uint64(2*peers + 64) }

func descriptors(f *Facts) []Finding {
	const plenty = 1024
	raise := []string{"ulimit -n 65536"}
	switch {
	case f.Limit == 0:
		return nil
	case f.Limit < needs(len(f.Peers)):
		return []Finding{{Code: Descriptors, Severity: Wrong,
			What: fmt.Sprintf("a process may have %d descriptors, and %d peers take %d", f.Limit, len(f.Peers), needs(len(f.Peers))),
			Why:  "a node has a connection to each peer and one from it", Remedy: raise,
			Advice: "Where that is refused, root raises the limit: /etc/security/limits.conf, or LimitNOFILE= of the unit."}}
	case f.Limit < plenty:
		return []Finding{{Code: Descriptors, Severity: Note,
			What:   fmt.Sprintf("a process may have %d descriptors: enough for %d peers", f.Limit, max(0, int(f.Limit)-64)/2),
			Remedy: raise}}
	}
	return nil
}

// clock is last of what is wrong: no peer looks at ours.
func clock(f *Facts) []Finding {
	const zone = 26 * time.Hour
	set := []string{"timedatectl", "sudo timedatectl set-ntp true"}
	switch c := f.Clock; {
	case !c.Built.IsZero() && c.Now.Before(c.Built.Add(-zone)):
		return []Finding{{Code: WrongClock, Severity: Suspect,
			What: fmt.Sprintf("the clock says %s: that is before this program was made", c.Now.UTC().Format(time.RFC3339)),
			Why:  "discovery does without; times of files and logs are wrong", Remedy: set}}
	case c.Free:
		return []Finding{{Code: WrongClock, Severity: Note,
			What: "nothing keeps the clock right, says the system", Why: "discovery does without; how late others' clocks are cannot be seen", Remedy: set}}
	}
	return nil
}

func container(f *Facts) []Finding {
	if f.Container == "" {
		return nil
	}
	finding := Finding{Code: InContainer, Severity: Note,
		What:   fmt.Sprintf("this runs in %s: unless it shares the host's network, announcements stay on that host", f.Container),
		Advice: "Or name the others: --peer HOST:PORT."}
	switch f.Container {
	case "Docker", "Podman":
		finding.Remedy = []string{strings.ToLower(f.Container) + " run --network host …"}
	case "WSL":
		finding.Advice = "Set networkingMode=mirrored in .wslconfig; or name the others: --peer HOST:PORT."
	}
	return []Finding{finding}
}

// noBroadcast is about interfaces that are no way to others by themselves.
func noBroadcast(f *Facts) (found []Finding) {
	var inside, tunnels []string
	for i := range f.Interfaces {
		of := &f.Interfaces[i]
		if slices.Contains(f.Named, of.Name) || !of.Up || len(of.Addrs) == 0 {
			continue
		}
		switch {
		case of.Role == Container:
			inside = append(inside, of.Name)
		case of.Role == VPN, of.PointToPoint:
			tunnels = append(tunnels, of.Name)
		}
	}
	if len(inside) > 0 {
		found = append(found, Finding{Code: NoBroadcast, Severity: Note,
			What: list(inside) + ": leads to containers or virtual machines on this machine, and no further"})
	}
	if len(tunnels) > 0 {
		found = append(found, Finding{Code: NoBroadcast, Severity: Note,
			What:   list(tunnels) + ": most VPNs carry no announcements",
			Advice: "Name peers behind it: --peer HOST:PORT; they have a --tcp-port."})
	}
	return found
}

// unplugged is about interfaces without a network beside others that have one.
func unplugged(f *Facts) (found []Finding) {
	if len(noInterface(f)) > 0 {
		return nil
	}
	var names []string
	for i := range f.Interfaces {
		of := &f.Interfaces[i]
		if (of.Role == Network || of.Role == Wireless) && len(f.Named) == 0 && (!of.Up || !of.Carrier) {
			why, _ := of.idle()
			names = append(names, of.Name+" "+why)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []Finding{{Code: Unplugged, Severity: Note, What: list(names)}}
}

func notSeen(f *Facts) (found []Finding) {
	for _, what := range f.Unseen {
		found = append(found, Finding{Code: NotSeen, Severity: Note, What: "not looked at: " + what})
	}
	return found
}
