package bench

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// logs is the table of tools/README.md: what it costs to report, and to collect.
const logs = "log"

// logStoreMeasures are the figures of what `zyre log` takes; zyre is the program.
func logStoreMeasures(zyre string) []measure {
	flood := func(name, about string, rate int, flags ...string) measure {
		m := measure{
			name: name, table: logs, transports: oursAlone,
			client: append([]string{"log-flood", "--zyre=" + zyre, fmt.Sprintf("--rate=%d", rate), "--nodes=10"}, flags...),
			rows: []row{
				{
					about: about + ": records/s that came",
					keys:  []string{"rate"}, unit: count, more: true, alone: true,
					target: "≥ 100,000", met: atLeast("rate", 99_000),
					others: "–",
				},
				{
					about: "… of them not in the database",
					keys:  []string{"lost"}, unit: count, alone: true,
					target: "0", met: atMost("lost", 0),
					others: "–",
				},
				{
					about: "… processor, of one core",
					keys:  []string{"share"}, unit: percent, alone: true,
					target: "–", others: "–",
				},
			},
		}
		return m
	}
	return []measure{
		flood("log-store", "`zyre log` into SQLite, 100,000 records/s from 10 nodes", 100_000, "--during=20s"),
		flood("log-store-full", "… that has its --size, so that as many go as come", 100_000, "--during=20s", "--size=50MB"),
		flood("log-store-fast", "… 200,000 records/s", 200_000, "--during=10s"),
	}
}

// measureLogStore measures them.
func (c *Command) measureLogStore(e *repo.Env, tmp string) ([]Figure, error) {
	zyre := filepath.Join(tmp, "zyre"+exe)
	list := c.wanted(logStoreMeasures(zyre))
	if len(list) == 0 {
		return nil, nil
	}
	l, err := newLab(e, tmp)
	if err != nil {
		return nil, err
	}
	e.Say("bench: building zyre")
	if err := e.Command("go", "build", "-o", zyre, "./tools/cmd/zyre").Run(); err != nil {
		return nil, err
	}
	for i := range list {
		list[i].within = time.Minute
	}
	return measureAll(e, list, c.runs(logs), l.run)
}
