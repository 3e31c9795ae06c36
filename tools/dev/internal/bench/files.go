package bench

import (
	"fmt"
	"time"
)

// files is the table of libfmq/README.md: how files get from one directory to another.
const files = "fmq"

// Its columns: our tools, and others with the same files in the same run.
const (
	filemq = "filemq"
	rsync  = "rsync"
	cp     = "cp"
)

// filesRuns is how often its figures are measured unless somebody says how often.
const filesRuns = 5

// scale is how much is sent.
type scale struct {
	large       int64 // octets of the large file
	many        int   // small files, a hundred in each folder
	small       int64 // octets of each
	delivered   int   // files one after the other
	clients     int   // slow ones
	during      time.Duration
	subscribers int
}

var (
	fullScale  = scale{large: 1 << 30, many: 10_000, small: 4096, delivered: 100, clients: 400, during: 20 * time.Second, subscribers: 1000}
	quickScale = scale{large: 64 << 20, many: 1000, small: 4096, delivered: 10, clients: 40, during: 3 * time.Second, subscribers: 100}
)

// size is the large file's, for people.
func (s scale) size() string {
	if s.large >= 1<<30 {
		return fmt.Sprintf("%d GiB", s.large>>30)
	}
	return fmt.Sprintf("%d MiB", s.large>>20)
}

// fileMeasures are the figures of files, at that scale.
func fileMeasures(s scale) []measure {
	return []measure{
		{
			name: "files-large", table: files, transports: []string{filemq, rsync, cp}, files: (*fileLab).large,
			rows: []row{
				{
					about: s.size() + ", from start to renamed and checked",
					keys:  []string{"took"}, unit: seconds,
					target: "≤ 1.2 × rsync", met: atMostTimes("took", 1.2),
					others: "C filemq 5.0 s; syncthing 5.3 s; croc 6.7 s",
				},
				{
					about: "… most memory, server / client",
					keys:  []string{"server", "client"}, unit: megabytes, alone: true,
					target: "≤ 48 MB each", met: all(atMost("server", 48e6), atMost("client", 48e6)),
					others: "C filemq 15 MB",
				},
				{
					about: "… processor time, both sides together",
					keys:  []string{"cpu"}, unit: seconds,
					target: "≤ 2 × rsync", met: atMostTimes("cpu", 2),
					others: "C filemq 4.7 s",
				},
			},
		},
		{
			name: "files-live", table: files, transports: []string{filemq}, files: (*fileLab).live,
			rows: []row{{
				about: s.size() + " to a client that is there already, from stable to delivered",
				keys:  []string{"max"}, unit: seconds,
				target: "–", others: "–",
			}},
		},
		{
			name: "files-many", table: files, transports: []string{filemq, rsync, cp}, files: (*fileLab).many,
			rows: []row{
				{
					about: fmt.Sprintf("%d files of %d octets in %d folders", s.many, s.small, folders(s.many)),
					keys:  []string{"took"}, unit: seconds,
					target: "≤ 1.5 × rsync", met: atMostTimes("took", 1.5),
					others: "syncthing 11–13 s; croc 44 s; C filemq never ends",
				},
				{
					about: "… processor time, both sides together",
					keys:  []string{"cpu"}, unit: seconds,
					target: "–", others: "–",
				},
				{
					about: "… most memory, server / client",
					keys:  []string{"server", "client"}, unit: megabytes, alone: true,
					target: "–", others: "C filemq 1 GB",
				},
				{
					about: "the same again, nothing changed, both restarted",
					keys:  []string{"again"}, unit: seconds,
					target: "≤ 2 × rsync", met: atMostTimes("again", 2),
					others: "–",
				},
			},
		},
		{
			name: "files-resume", table: files, transports: []string{filemq, rsync}, files: (*fileLab).resume,
			rows: []row{
				{
					about: "receiver killed at half of " + s.size() + ": from its restart to whole",
					keys:  []string{"took"}, unit: seconds,
					target: "≤ 1.2 × rsync --append-verify", met: atMostTimes("took", 1.2),
					others: "syncthing 4.8 s; croc 12.6 s; C filemq never",
				},
				{
					about: "… of what had arrived, sent again",
					keys:  []string{"again"}, unit: percent, alone: true,
					target: "< 5%", met: atMost("again", 0.05),
					others: "–",
				},
			},
		},
		{
			name: "files-deliver", table: files, transports: []string{filemq}, files: (*fileLab).deliver,
			rows: []row{{
				about: fmt.Sprintf("1 KB, idle, from stable to delivered, p50 / p99 of %d", s.delivered),
				keys:  []string{"p50", "p99"}, unit: seconds,
				target: "p99 ≤ 50 ms", met: atMost("p99", 50e-3),
				others: "C filemq 4 s",
			}},
		},
		{
			name: "files-crowd", table: files, transports: []string{filemq}, files: (*fileLab).crowd,
			rows: []row{{
				about: fmt.Sprintf("%d slow clients fetch %s: the server's most memory", s.clients, s.size()),
				keys:  []string{"server"}, unit: megabytes,
				target: "≤ 1 GiB", met: atMost("server", 1<<30),
				others: "–",
			}},
		},
		{
			name: "files-state", table: files, transports: []string{filemq}, files: (*fileLab).state,
			rows: []row{{
				about: fmt.Sprintf("a subscriber's state at the server, of %d", s.subscribers),
				keys:  []string{"octets"}, unit: kilobytes,
				target: "≤ 10 KB", met: atMost("octets", 10e3),
				others: "–",
			}},
		},
	}
}

// folders is how many so many files are in.
func folders(many int) int { return (many + 99) / 100 }
