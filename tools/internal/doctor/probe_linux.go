package doctor

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/zeromq/gozyre/tools/internal/doctor/firewall"
)

// system looks at what only the system can tell.
func (f *Facts) system(ctx context.Context) firewall.Rules {
	f.Container = containerHere()
	var t unix.Timex // Modes 0: it is read
	state, err := unix.Adjtimex(&t)
	f.Clock.Free = err == nil && (state == unix.TIME_ERROR || t.Status&unix.STA_UNSYNC != 0)
	return f.readFirewall(ctx)
}

// containerHere names what this runs in; empty: nothing says so.
func containerHere() string {
	exists := func(path string) bool { _, err := os.Stat(path); return err == nil }
	version, _ := os.ReadFile("/proc/version")
	named, _ := os.ReadFile("/run/systemd/container")
	switch {
	case exists("/run/.containerenv"):
		return "Podman"
	case os.Getenv("KUBERNETES_SERVICE_HOST") != "":
		return "Kubernetes"
	case exists("/.dockerenv"):
		return "Docker"
	case len(named) > 0:
		return strings.TrimSpace(string(named))
	case strings.Contains(strings.ToLower(string(version)), "microsoft"):
		return "WSL"
	}
	return ""
}

func kindOf(index int) kind {
	link, err := netlink.LinkByIndex(index)
	if err != nil {
		return ""
	}
	for _, sign := range []string{"wireless", "phy80211"} {
		if _, err := os.Stat(filepath.Join("/sys/class/net", filepath.Base(link.Attrs().Name), sign)); err == nil {
			return wifi
		}
	}
	return kind(link.Type())
}

// routeOf asks where the system would send a broadcast by an interface.
func routeOf(index int, from, to netip.Addr) Route {
	routes, err := netlink.RouteGetWithOptions(to.AsSlice(), &netlink.RouteGetOptions{OifIndex: index, SrcAddr: from.AsSlice()})
	switch {
	case errors.Is(err, unix.ENETUNREACH), errors.Is(err, unix.EHOSTUNREACH), errors.Is(err, unix.EACCES), errors.Is(err, unix.EINVAL):
		return NoRoute
	case err != nil || len(routes) == 0:
		return ""
	case routes[0].Type == unix.RTN_BROADCAST:
		return Broadcast
	}
	return Unicast
}

// neighbours asks whether hosts have told their hardware addresses.
func (f *Facts) neighbours() {
	state := map[string]Neighbour{}
	for _, p := range f.others() {
		if p.Dial.failed() && state[p.Interface] == "" {
			state[p.Interface] = "read"
			link, err := net.InterfaceByName(p.Interface)
			if err != nil {
				continue
			}
			all, err := netlink.NeighList(link.Index, netlink.FAMILY_V4)
			if err != nil {
				continue
			}
			for _, n := range all {
				// One that was not asked lately may have been learned of a broadcast of theirs.
				switch {
				case n.State&netlink.NUD_REACHABLE != 0:
					state[p.Interface+" "+n.IP.String()] = Answers
				case n.State&(netlink.NUD_INCOMPLETE|netlink.NUD_FAILED) != 0:
					state[p.Interface+" "+n.IP.String()] = Mute
				}
			}
		}
		p.Neighbour = state[p.Interface+" "+p.Addr.Addr().String()]
	}
}
