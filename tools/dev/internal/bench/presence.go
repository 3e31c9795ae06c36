package bench

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
	"github.com/zeromq/gozyre/tools/dev/internal/setup"
)

// presence is the table of libzyre/README.md: how soon nodes know each other, how soon they notice that one is gone, that
// they do not when it is not, and what that costs.
const presence = "presence"

// memberlist of HashiCorp is what our nodes are held against, in the same run. It gossips, where ours connect everybody
// with everybody: it has no links to pay for, and none that break.
const memberlist = "memberlist"

var oursAlone = []string{zmtp}

// presenceMeasures are its figures. Who is watched for being reported gone falsely is watched that long.
func presenceMeasures(watch time.Duration) []measure {
	rivals := []string{zmtp, memberlist}
	during := fmt.Sprintf("--during=%v", watch)
	return []measure{
		{
			name: "presence-50", table: presence, transports: rivals,
			client: []string{"crowd", "--nodes=50"},
			rows: []row{
				{
					about: "50 nodes in one process: all know all",
					keys:  []string{"took"}, unit: seconds,
					target: "≤ 0.5 s", met: atMost("took", 0.5),
					others: "C zyre 1.0 s, go-zeromq/zyre 1.5 s",
				},
				{
					about: "… memory, settled",
					keys:  []string{"memory"}, unit: megabytes, alone: true,
					target: "≤ 70 MB", met: atMost("memory", 70e6),
					others: "C zyre 169 MB, go-zeromq/zyre 64 MB",
				},
			},
		},
		{
			name: "presence-100", table: presence, transports: rivals,
			client: []string{"crowd", "--nodes=100", "--processes=2", "--during=10s"},
			rows: []row{
				{
					about: "100 nodes in two processes: all know all",
					keys:  []string{"took"}, unit: seconds,
					target: "≤ 1.2 s", met: atMost("took", 1.2),
					others: "C zyre 2.5 s, go-zeromq/zyre 3.0 s",
				},
				{
					about: "… memory, settled",
					keys:  []string{"memory"}, unit: megabytes, alone: true,
					target: "≤ 160 MB", met: atMost("memory", 160e6),
					others: "C zyre 657 MB, go-zeromq/zyre 206 MB",
				},
				noExits("… false EXITs in 10 s"),
			},
		},
		{
			name: "presence-200", table: presence, transports: rivals, within: watch,
			client: []string{"crowd", "--nodes=200", "--processes=0", during},
			other:  []string{"crowd", "--nodes=200", "--processes=5", during},
			rows: []row{
				{
					about: "200 nodes, as few processes as descriptors allow: all know all",
					keys:  []string{"took"}, unit: seconds,
					target: "≤ 6 s", met: atMost("took", 6),
					others: "no Zyre is stable",
				},
				{
					about: "… memory, settled",
					keys:  []string{"memory"}, unit: megabytes, alone: true,
					target: "≤ 700 MB", met: atMost("memory", 700e6),
					others: "–",
				},
				noExits(fmt.Sprintf("… false EXITs in %v", watch)),
			},
		},
		{
			name: "presence-kill", table: presence, transports: rivals,
			client: []string{"gone", "--count=30"},
			other:  []string{"gone", "--count=5"},
			rows: []row{{
				about: "kill −9 → EXIT at each of 10 others, p50 / p99",
				keys:  []string{"p50", "p99"}, unit: seconds,
				target: "≤ 20 ms / ≤ 250 ms", met: all(atMost("p50", 20e-3), atMost("p99", 250e-3)),
				others: "NATS and libp2p over TCP 2 ms; go-zeromq 5 s; C, Python, JavaScript Zyre 30 s",
			}},
		},
		{
			name: "presence-cable", table: presence, transports: rivals,
			client: []string{"gone", "--count=2", "--cable"},
			rows: []row{{
				about: "cable pulled → EXIT at each of 10 others, p50 / most",
				keys:  []string{"p50", "max"}, unit: seconds,
				target: "≤ 8 s", met: atMost("max", 8),
				others: "Cyclone DDS ≤ 10 s, libp2p 40 s, NATS 4–6 min",
			}},
		},
		{
			name: "presence-idle", table: presence, transports: rivals, within: time.Minute,
			client: []string{"crowd", "--nodes=100", "--processes=2", "--before=20s", "--during=20s", "--alone"},
			other:  []string{"crowd", "--nodes=100", "--processes=2", "--before=90s", "--during=20s", "--alone"}, // it gossips for long about who came
			rows: []row{
				{
					about: "100 nodes idle, all on one machine: processor, of one core",
					keys:  []string{"share"}, unit: percent,
					target: "≤ 3%", met: atMost("share", 0.03),
					others: "Cyclone DDS 14%, libp2p 9.5%",
				},
				{
					about: "… network",
					keys:  []string{"network"}, unit: kilobytesPerSecond,
					target: "≤ 14 kB/s", met: atMost("network", 14e3),
					others: "Cyclone DDS 129 kB/s, libp2p 976 kB/s",
				},
			},
		},
		{
			name: "presence-busy", table: presence, transports: rivals, within: watch,
			client: []string{"crowd", "--nodes=100", "--processes=2", "--busy", during},
			rows:   []row{noExits(fmt.Sprintf("false EXITs of 100 nodes in %v, all cores kept busy by others", watch))},
		},
		{
			name: "presence-groups", table: presence, transports: oursAlone,
			client: []string{"churn", "--during=30s"},
			rows: []row{{
				about: "10 groups, 100 nodes that join or leave one each second, HighWater 10: wrong views / gaps unreported",
				keys:  []string{"views", "gaps"}, unit: count, alone: true, silent: "–",
				target: "0 / 0", met: all(atMost("views", 0), atMost("gaps", 0)),
				others: "asserts, C zyre",
			}},
		},
		{
			name: "presence-loss", table: presence, transports: oursAlone, once: true,
			client: []string{"simulate", "loss", "--hours=1000"},
			rows:   []row{noExits("simulated: false EXITs in 1,000 node-hours, a fifth of all datagrams lost, TCP stalls of up to 2 s all the time")},
		},
		{
			name: "presence-1000", table: presence, transports: oursAlone, once: true, within: 5 * time.Minute,
			client: []string{"simulate", "thousand"},
			rows: []row{
				{
					about: "simulated: 1,000 nodes meet, then one comes or goes each second for 5 minutes: time on the wall / of the processor",
					keys:  []string{"wall", "cpu"}, unit: seconds, silent: "–",
					target: "≤ 90 s", met: atMost("wall", 90),
					others: "nobody can",
				},
				{
					about: "… memory of a link, everything counted",
					keys:  []string{"octets"}, unit: kilobytes, silent: "–",
					target: "≤ 4 KB", met: atMost("octets", 4e3),
					others: "–",
				},
				{
					about: "… findings of the history checker",
					keys:  []string{"findings"}, unit: count, silent: "–",
					target: "–",
					others: "–",
				},
			},
		},
		airtime(100, "≤ 1%", atMost("share", 0.01), "about 1–2% for beacons over TCP, the Guide"),
		airtime(150, "–", nil, "–"),
	}
}

// airtime is what beacons take of an access point that many nodes are at.
func airtime(nodes int, most string, met target, others string) measure {
	return measure{
		name: fmt.Sprintf("presence-air-%d", nodes), table: presence, transports: oursAlone, once: true,
		client: []string{"simulate", "air", fmt.Sprintf("--nodes=%d", nodes)},
		rows: []row{{
			about: fmt.Sprintf("simulated: beacons' share of the airtime of a wireless access point, slow rate 6 Mbit/s, %d nodes", nodes),
			keys:  []string{"share"}, unit: percent, silent: "–",
			target: most, met: met,
			others: others,
		}},
	}
}

// noExits is the row of nodes that are there all the time.
func noExits(about string) row {
	return row{
		about: about,
		keys:  []string{"exits"}, unit: count, alone: true, silent: "–",
		target: "0", met: atMost("exits", 0),
		others: "–",
	}
}

// measurePresence measures them. Without memberlist there is nothing to hold them against, and they are measured all the
// same.
func (c *Command) measurePresence(e *repo.Env, tmp string) ([]Figure, error) {
	list := c.wanted(presenceMeasures(c.For))
	if len(list) == 0 {
		return nil, nil
	}
	if err := (&setup.Command{}).Run(e); err != nil {
		return nil, err
	}
	l, err := newLab(e, tmp)
	if err != nil {
		return nil, err
	}
	if err := l.hireMemberlist(); err != nil {
		e.Say("bench: without memberlist: %v", err)
		for i := range list {
			list[i].transports = oursAlone
		}
	}
	return measureAll(e, list, c.runs(presence), l.run)
}

// hireMemberlist builds the program that has memberlist's nodes. It fetches what that takes.
func (l *lab) hireMemberlist() error {
	program := filepath.Join(filepath.Dir(l.program), "benchrival"+exe)
	l.env.Say("bench: building benchrival")
	l.rivals = map[string]string{memberlist: program}
	return l.env.Command("go", "build", "-o", program, ".").In("tools/dev/benchrival").With("GOWORK=off").Run()
}

// arguments are what the process that measures is told, for one column.
func (m measure) arguments(side string) []string {
	if _, other := m.sides(); side == other && m.other != nil {
		return slices.Clone(m.other)
	}
	return slices.Clone(m.client)
}

func count(n float64) string { return fmt.Sprintf("%.0f", n) }

func kilobytesPerSecond(octets float64) string { return fmt.Sprintf("%.1f kB/s", octets/1e3) }
