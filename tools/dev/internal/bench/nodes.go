package bench

// nodes is the table of README.md: what a program that uses a node sees.
const nodes = "nodes"

var nodeMeasures = []measure{
	{
		name:   "enter",
		table:  nodes,
		serve:  []string{},
		client: []string{"enter", "--count=60"},
		rows: []row{{
			about: "two nodes know each other after the second's Start, p50 / p99",
			keys:  []string{"p50", "p99"}, unit: seconds,
			target: "≤ 5 ms / ≤ 20 ms", met: all(atMost("p50", 5e-3), atMost("p99", 20e-3)),
			others: "Cyclone DDS 2.4 / 2.9 ms, C zyre 2–7 ms",
		}},
	},
	{
		name:   "roundtrip",
		table:  nodes,
		serve:  []string{"--echo"},
		client: []string{"roundtrip", "--count=20000"},
		rows: []row{{
			about: "whisper round trip between two processes, p50 / p99",
			keys:  []string{"p50", "p99"}, unit: seconds,
			target: "p50 ≤ 250 µs", met: atMost("p50", 250e-6),
			others: "63 µs raw, go-zeromq/zmq4",
		}},
	},
	{
		name:       "tcp",
		table:      nodes,
		transports: []string{none},
		client:     []string{"tcp", "--count=20000"},
		rows: []row{{
			about: "for comparison: round trip over plain TCP, no ZeroMQ, p50 / p99",
			keys:  []string{"p50", "p99"}, unit: seconds,
			target: "–", others: "–",
		}},
	},
	{
		name:   "whispers",
		table:  nodes,
		serve:  []string{},
		client: []string{"whispers", "--count=1000000", "--octets=100"},
		rows: []row{{
			about: "whispers of 100 octets, one pair, two processes",
			keys:  []string{"rate"}, unit: perSecond, more: true,
			target: "≥ 300,000 /s", met: atLeast("rate", 300_000),
			others: "35,000 /s, C zyre",
		}},
	},
	{
		name:   "shouts",
		table:  nodes,
		serve:  []string{"--nodes=10"},
		client: []string{"shouts", "--members=10", "--count=200000", "--octets=100"},
		rows: []row{{
			about: "shout deliveries of 100 octets, 1 → 10 (the ten in one process)",
			keys:  []string{"rate"}, unit: perSecond, more: true,
			target: "≥ 500,000 /s", met: atLeast("rate", 500_000),
			others: "22,000 group messages/s over 5 peers",
		}},
	},
	{
		name:   "mesh",
		table:  nodes,
		client: []string{"mesh", "--nodes=50"},
		rows: []row{
			{
				about: "50 nodes in one process: all know all",
				keys:  []string{"took"}, unit: seconds,
				target: "≤ 1.0 s", met: atMost("took", 1),
				others: "1.0 s, C zyre; 1.5 s, go-zeromq/zyre",
			},
			{
				about: "their memory at its peak",
				keys:  []string{"octets"}, unit: megabytes,
				target: "≤ 170 MB", met: atMost("octets", 170e6),
				others: "169 MB, C zyre; 64 MB, go-zeromq/zyre",
			},
		},
	},
	{
		name:   "idle",
		table:  nodes,
		serve:  []string{"--nodes=10"},
		client: []string{"idle", "--peers=10", "--during=10s"},
		rows: []row{{
			about: "idle node with 10 peers, share of one core",
			keys:  []string{"share"}, unit: percent,
			target: "≤ 0.2%", met: atMost("share", 0.002),
			others: "–",
		}},
	},
}
