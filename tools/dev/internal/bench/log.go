package bench

import (
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// logMeasures are the figures of nodes; those of the collector are measureLogStore's.
var logMeasures = []measure{
	{
		name: "log-cost", table: logs, transports: oursAlone, within: time.Minute,
		serve:  []string{"--collect", "--stir=1000"},
		client: []string{"log-cost"},
		rows: []row{
			{
				about: "a node's cost of reporting at INFO to one collector, 1,000 events/s: share of one core",
				keys:  []string{"share"}, unit: percent,
				target: "≤ 2%", met: all(atMost("share", 0.02), atLeast("events", 900)),
				others: "–",
			},
			{
				about: "… what the same node takes with it / without it, events/s taken in both times",
				keys:  []string{"with", "without"}, unit: percent,
				target: "–", others: "–",
			},
			{
				about: "octets of a record on the wire beside its text, ZMTP's frame included; 7 more where the text has over 237",
				keys:  []string{"octets"}, unit: number,
				target: "≤ 24", met: atMost("octets", 24),
				others: "–",
			},
		},
	},
}

// measureLog measures records: what they cost a node, and what its collector takes.
func (c *Command) measureLog(e *repo.Env, tmp string) ([]Figure, error) {
	stored, err := c.measureLogStore(e, tmp)
	list := c.wanted(logMeasures)
	if err != nil || len(list) == 0 {
		return stored, err
	}
	l, err := newLab(e, tmp)
	if err != nil {
		return nil, err
	}
	figures, err := measureAll(e, list, c.runs(logs), l.run)
	return append(figures, stored...), err
}
