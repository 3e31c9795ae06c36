//go:build !linux

package doctor

import (
	"context"
	"net/netip"

	"github.com/zeromq/gozyre/tools/internal/doctor/firewall"
)

// system looks at what only the system can tell.
func (f *Facts) system(context.Context) firewall.Rules {
	f.Firewall.Hidden = true
	f.Unseen = append(f.Unseen, "packet filter, routes, who has a port, the clock: on Linux only")
	return firewall.Rules{}
}

func (f *Facts) neighbours() {}

func (f *Facts) quoteRules(context.Context) {}

func kindOf(int) kind { return "" }

func routeOf(int, netip.Addr, netip.Addr) Route { return "" }

func holder(string, uint16) Holder { return Holder{} }
