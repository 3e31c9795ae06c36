package bench

import "fmt"

// links is the table of codecs/zmtp/README.md: what the user of a transport sees. The targets are what a prototype
// reached before zmtp was written.
const links = "links"

var linkMeasures = []measure{
	linkMesh(20, 61e-3, "≤ 61 ms", "61, 145 ms"),
	linkMesh(50, 267e-3, "≤ 267 ms", "267, 674, 307 ms"),
	linkMesh(100, 0.71, "≤ 0.71 s", "0.71, 2.03, 1.04 s",
		row{
			about: "… memory of a link, both ends, settled",
			keys:  []string{"settled"}, unit: kilobytes,
			target: "≤ 12 KB", met: atMost("settled", 12e3),
			others: "11–13, 61, 16.5 KB",
		},
		row{
			about: "… memory of a link, both ends, at completion",
			keys:  []string{"complete"}, unit: kilobytes,
			target: "≤ 22 KB", met: atMost("complete", 22e3),
			others: "18–22, 61, 18–20 KB",
		},
		row{
			about: "… goroutines of a link, both ends",
			keys:  []string{"goroutines"}, unit: number, alone: true,
			target: "≤ 2", met: atMost("goroutines", 2),
			others: "2.0, 0, 3.0",
		},
		row{
			about: "… descriptors of a link, both ends",
			keys:  []string{"descriptors"}, unit: number,
			target: "≤ 2", met: atMost("descriptors", 2),
			others: "2.0, 3.0, 2.0",
		},
	),
	linkMesh(150, 1.855, "≤ 1.86 s", "1.86, 4.73 s"),
	linkMesh(200, 3.33, "≤ 3.33 s", "3.33, 9.77 s",
		row{
			about: "… memory of all processes, at completion",
			keys:  []string{"memory"}, unit: megabytes,
			target: "≤ 780 MB", met: atMost("memory", 780e6),
			others: "776, 2423 MB",
		},
	),
	{
		name:   "link-rtt",
		table:  links,
		client: []string{"link-rtt", "--count=20000"},
		rows: []row{{
			about: "round trip of 100 octets, answered on the same connection, p50 / p99",
			keys:  []string{"p50", "p99"}, unit: seconds,
			target: "p50 ≤ 44 µs", met: atMost("p50", 44e-6),
			others: "–",
		}},
	},
	{
		name:   "link-pair",
		table:  links,
		client: []string{"link-rtt", "--pair", "--count=20000"},
		rows: []row{{
			about: "round trip of 100 octets, answered by a link of its own as nodes do, p50 / p99",
			keys:  []string{"p50", "p99"}, unit: seconds,
			target: "p50 ≤ 44 µs", met: atMost("p50", 44e-6),
			others: "44, 112, 63 µs",
		}},
	},
	{
		name:       "link-tcp",
		table:      links,
		transports: []string{none},
		client:     []string{"tcp", "--count=20000"},
		rows: []row{{
			about: "for comparison: the same over plain TCP, no ZeroMQ, p50 / p99",
			keys:  []string{"p50", "p99"}, unit: seconds,
			target: "–", others: "–",
		}},
	},
	{
		name:   "link-rate",
		table:  links,
		client: []string{"link-flood", "--count=2000000"},
		rows: []row{
			{
				about: "messages of 100 octets on one link",
				keys:  []string{"rate"}, unit: perSecond, more: true,
				target: "≥ 2,900,000 /s", met: atLeast("rate", 2.9e6),
				others: "2.9–4.4, 0.7, 0.1 M/s",
			},
			{
				about: "… processor time of one, both ends",
				keys:  []string{"cpu"}, unit: nanoseconds,
				target: "≤ 560 ns", met: atMost("cpu", 560e-9),
				others: "320–560, 1,200–1,900, 12,000–24,000 ns",
			},
			{
				about: "… allocations of one sent",
				keys:  []string{"allocs-sent"}, unit: number, alone: true,
				target: "0 (below 0.01)", met: atMost("allocs-sent", 0.01),
				others: "–",
			},
			{
				about: "… allocations of one received",
				keys:  []string{"allocs-received"}, unit: number, alone: true,
				target: "1 (below 1.01)", met: atMost("allocs-received", 1.01),
				others: "–",
			},
		},
	},
	{
		name:   "link-rate-3000",
		table:  links,
		client: []string{"link-flood", "--count=2000000", "--high-water=3000"},
		rows: []row{{
			about: "the same with a queue of 3,000 messages instead of 1,000",
			keys:  []string{"rate"}, unit: perSecond, more: true,
			target: "≥ 2,900,000 /s", met: atLeast("rate", 2.9e6),
			others: "–",
		}},
	},
	{
		name:   "link-fanout",
		table:  links,
		client: []string{"link-flood", "--links=10", "--count=200000"},
		rows: []row{{
			about: "deliveries of 100 octets, 1 → 10 (the ten in one process)",
			keys:  []string{"rate"}, unit: perSecond, more: true,
			target: "≥ 2,800,000 /s", met: atLeast("rate", 2.8e6),
			others: "2.8–4.3, 1.4, 0.08 M/s",
		}},
	},
	{
		name:   "link-stream",
		table:  links,
		client: []string{"link-flood", "--count=4096", "--octets=262144", "--high-water=16"},
		rows: []row{{
			about: "1 GiB in messages of 256 KiB, 16 of them queued",
			keys:  []string{"octets"}, unit: gigabytesPerSecond, more: true,
			target: "≥ 2 GB/s", met: atLeast("octets", 2e9),
			others: "–",
		}},
	},
	{
		name:   "link-curve",
		table:  links,
		client: []string{"link-flood", "--curve", "--count=1000000"},
		rows: []row{
			{
				about: "messages of 100 octets on one link with CURVE",
				keys:  []string{"rate"}, unit: perSecond, more: true,
				target: "≥ 1.5 × libzmq", met: atLeastTimes("rate", 1.5),
				others: "–",
			},
			{
				about: "… processor time of one, both ends",
				keys:  []string{"cpu"}, unit: nanoseconds,
				target: "–", others: "–",
			},
		},
	},
	{
		name:   "link-handshake",
		table:  links,
		client: []string{"link-handshake", "--count=300"},
		rows: []row{{
			about: "from Dial to the first message at the other end, NULL, p50 / p99",
			keys:  []string{"p50", "p99"}, unit: seconds,
			target: "–", others: "–",
		}},
	},
	{
		name:   "link-handshake-curve",
		table:  links,
		client: []string{"link-handshake", "--curve", "--count=300"},
		rows: []row{{
			about: "from Dial to the first message at the other end, CURVE, p50 / p99",
			keys:  []string{"p50", "p99"}, unit: seconds,
			target: "p50 ≤ 1.3 × libzmq", met: atMostTimes("p50", 1.3),
			others: "1.2 ms",
		}},
	},
	{
		name:       "link-kill",
		table:      links,
		transports: []string{zmtp},
		client:     []string{"link-kill", "--count=30"},
		rows: []row{{
			about: "a killed process: Down of both connections to it, p50 / longest of 30",
			keys:  []string{"p50", "max"}, unit: seconds, silent: "says nothing",
			target: "≤ 7 ms", met: atMost("max", 7e-3),
			others: "0.8–1.3 / 7, 1.1–1.7 / 5.5 ms by a monitor",
		}},
	},
}

// linkMesh is a full mesh of that many nodes.
func linkMesh(nodes int, most float64, target, others string, more ...row) measure {
	return measure{
		name:   fmt.Sprintf("link-mesh-%d", nodes),
		table:  links,
		client: []string{"link-mesh", fmt.Sprintf("--nodes=%d", nodes)},
		rows: append([]row{{
			about: fmt.Sprintf("full mesh of %d: each has a message from each, time / processor time", nodes),
			keys:  []string{"took", "cpu"}, unit: seconds,
			target: target, met: atMost("took", most),
			others: others,
		}}, more...),
	}
}
