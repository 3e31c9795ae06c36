package dechat

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// listPeers answers /peers.
func listPeers(all []zyre.Peer) string {
	if len(all) == 0 {
		return "nobody else is here\n"
	}
	slices.SortFunc(all, func(a, b zyre.Peer) int {
		return strings.Compare(a.Name+"\x00"+a.UUID.String(), b.Name+"\x00"+b.UUID.String())
	})
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, p := range all {
		names := make([]string, len(p.Groups))
		for i, g := range p.Groups {
			names[i] = printable(g)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", printable(p.Name), p.UUID, show.Text(p.Addr), strings.Join(names, ","))
	}
	_ = w.Flush()
	return b.String()
}

// listGroups answers /groups: those that we are in have a mark.
func (sp *speaker) listGroups() string {
	count := map[string]int{}
	for g := range sp.joined {
		count[g]++
	}
	for _, p := range sp.node.Peers() {
		for _, g := range p.Groups {
			count[g]++
		}
	}
	if len(count) == 0 {
		return "there are no groups\n"
	}
	var b strings.Builder
	for _, g := range slices.Sorted(maps.Keys(count)) {
		mark := ""
		switch {
		case g == sp.group:
			mark = ", you talk here"
		case sp.joined[g]:
			mark = ", you are in it"
		}
		fmt.Fprintf(&b, "%s: %d%s\n", printable(g), count[g], mark)
	}
	return b.String()
}

func helpText() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, u := range usages {
		fmt.Fprintf(w, "%s\t%s\n", u.syntax, u.does)
	}
	fmt.Fprintf(w, "//TEXT\tsay /TEXT\n")
	_ = w.Flush()
	return b.String()
}
