package bench

import (
	"fmt"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// shares is the table of libzyre/README.md for files: how they get from a node to its peers.
const shares = "share"

// How much is published: a large file, and small ones.
var (
	fullShares  = scale{large: 256 << 20, delivered: 100}
	quickShares = scale{large: 16 << 20, delivered: 10}
)

// shareMeasures are its figures, of what is published in a folder.
func shareMeasures(s scale, dir string) []measure {
	rounds := 2 // so that cp is the first as often as ours
	if s == quickShares {
		rounds = 1
	}
	return []measure{
		{
			name: "share-small", table: shares, transports: oursAlone, within: time.Minute,
			client: []string{"share-small", "--dir=" + dir, fmt.Sprintf("--count=%d", s.delivered)},
			rows: []row{{
				about: fmt.Sprintf("1 KB, stable: Publish → DELIVER at the last of 10 peers, p50 / p99 of %d", s.delivered),
				keys:  []string{"p50", "p99"}, unit: seconds,
				target: "p99 ≤ 1.2 s", met: atMost("p99", 1.2),
				others: "C filemq 4 s, to one client",
			}},
		},
		{
			name: "share-large", table: shares, transports: oursAlone, within: 10 * time.Minute,
			client: []string{"share-large", "--dir=" + dir, fmt.Sprintf("--octets=%d", s.large), fmt.Sprintf("--rounds=%d", rounds)},
			rows: []row{
				{
					about: s.size() + ", stable, 11 processes on one machine: Publish → DELIVER at the last of 10 peers, ÷ cp to 10 places",
					keys:  []string{"ratio"}, unit: timesMost,
					target: "≤ 2 × cp", met: atMost("ratio", 2),
					others: "–",
				},
				{
					about: "… in time / cp's",
					keys:  []string{"took", "cp"}, unit: seconds,
					target: "–", others: "–",
				},
				{
					about: "… processor time, all nodes together / cp",
					keys:  []string{"cpu", "cp-cpu"}, unit: seconds,
					target: "–", others: "–",
				},
				{
					about: "… most memory of a node, sender / receivers",
					keys:  []string{"sender", "receiver"}, unit: megabytes,
					target: "≤ 64 MB each", met: all(atMost("sender", 64e6), atMost("receiver", 64e6)),
					others: "–",
				},
			},
		},
	}
}

// measureShares measures them.
func (c *Command) measureShares(e *repo.Env, tmp string) ([]Figure, error) {
	s := fullShares
	if c.Quick {
		s = quickShares
	}
	list := c.wanted(shareMeasures(s, tmp))
	if len(list) == 0 {
		return nil, nil
	}
	l, err := newLab(e, tmp)
	if err != nil {
		return nil, err
	}
	figures, err := measureAll(e, list, c.runs(shares), l.run)
	for i := range figures {
		figures[i].Runs = c.runs(shares)
	}
	return figures, err
}
