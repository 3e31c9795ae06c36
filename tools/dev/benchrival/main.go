// Benchrival is memberlist of HashiCorp in the place of our nodes: a part of what `go run ./tools/dev bench presence`
// measures, which understands what benchnode asks. Its module is no part of the workspace, so that nothing of the project
// depends on it.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/memberlist"
)

// news is what a part says; see benchnode.
type news struct {
	Type        string         `json:"type"`
	Node        int            `json:"node,omitempty"`
	Peer        string         `json:"peer,omitempty"`
	At          time.Time      `json:"at,omitzero"`
	Exits       map[string]int `json:"exits,omitempty"`
	Processor   time.Duration  `json:"processor,omitempty"`
	Memory      float64        `json:"memory,omitempty"`
	Network     float64        `json:"network,omitempty"`
	Descriptors int            `json:"descriptors,omitempty"`
}

// part has some of the nodes.
type part struct {
	port, first, nodes, all int
	iface, addr, seed       string
	tell                    bool

	out *json.Encoder

	mu    sync.Mutex
	exits map[string]int
	left  int
}

func main() {
	p := &part{out: json.NewEncoder(os.Stdout), exits: map[string]int{}}
	flags := flag.NewFlagSet("presence-part", flag.ExitOnError)
	flags.IntVar(&p.port, "port", 0, "")
	flags.IntVar(&p.first, "first", 0, "")
	flags.IntVar(&p.nodes, "nodes", 0, "")
	flags.IntVar(&p.all, "all", 0, "")
	flags.StringVar(&p.iface, "interface", "", "")
	flags.StringVar(&p.addr, "addr", "", "")
	flags.StringVar(&p.seed, "seed", "", "")
	flags.BoolVar(&p.tell, "tell", false, "")
	if len(os.Args) < 2 || os.Args[1] != "presence-part" {
		fmt.Fprintln(os.Stderr, "benchrival: benchnode starts this")
		os.Exit(2)
	}
	flags.Parse(os.Args[2:])
	if err := p.run(); err != nil {
		fmt.Fprintln(os.Stderr, "benchrival:", err)
		os.Exit(1)
	}
}

func (p *part) run() error {
	p.left = p.nodes
	for in := json.NewDecoder(os.Stdin); ; {
		var question string
		switch err := in.Decode(&question); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := p.answer(question); err != nil {
			return err
		}
	}
}

func (p *part) answer(question string) error {
	if question == "begin" {
		return p.begin()
	}
	n := news{Type: question, Network: sent()}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return err
	}
	n.Processor = time.Duration(u.Utime.Nano() + u.Stime.Nano())
	if question == "cost" {
		runtime.GC()
		debug.FreeOSMemory()
		n.Memory = resident()
		open, err := os.ReadDir("/dev/fd")
		if err != nil {
			return err
		}
		n.Descriptors = len(open) - 1
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n.Exits = p.exits
	return p.out.Encode(n)
}

func (p *part) begin() error {
	for i := range p.nodes {
		number := p.first + i
		cfg := memberlist.DefaultLANConfig()
		cfg.Name = "n" + strconv.Itoa(number)
		cfg.BindAddr, cfg.BindPort, cfg.AdvertisePort = p.addr, 0, 0
		if number == 0 {
			_, port, err := net.SplitHostPort(p.seed)
			if err != nil {
				return err
			}
			if cfg.BindPort, err = strconv.Atoi(port); err != nil {
				return err
			}
			cfg.AdvertisePort = cfg.BindPort
		}
		cfg.LogOutput = io.Discard
		cfg.Events = &watcher{part: p, number: number, self: cfg.Name}
		list, err := memberlist.Create(cfg)
		if err != nil {
			return err
		}
		if number == 0 {
			continue
		}
		// The first of all may be in another process that is just starting.
		for tries := 0; ; tries++ {
			if _, err = list.Join([]string{p.seed}); err == nil {
				break
			}
			if tries == 50 {
				return err
			}
			<-time.After(20 * time.Millisecond)
		}
	}
	return nil
}

// watcher is told who comes and goes, one at a time.
type watcher struct {
	part     *part
	number   int
	self     string
	known    int
	complete bool
}

func (w *watcher) NotifyJoin(n *memberlist.Node)  { w.told("ENTER", n, 1) }
func (w *watcher) NotifyLeave(n *memberlist.Node) { w.told("EXIT", n, -1) }
func (w *watcher) NotifyUpdate(*memberlist.Node)  {}

func (w *watcher) told(what string, n *memberlist.Node, change int) {
	if n.Name == w.self {
		return
	}
	p := w.part
	p.mu.Lock()
	defer p.mu.Unlock()
	if change < 0 {
		p.exits["dead"]++
	}
	if p.tell {
		p.out.Encode(news{Type: what, Node: w.number, Peer: n.Name, At: time.Now()})
	}
	if w.known += change; w.known != p.all-1 || w.complete {
		return
	}
	w.complete = true
	if p.left--; p.left == 0 {
		p.out.Encode(news{Type: "know", At: time.Now()})
	}
}

// resident is what this process has in memory, in octets.
func resident() float64 {
	data, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(data)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kib * 1024
		}
	}
	return 0
}

// sent is how many octets this machine, or this namespace of it, has sent so far.
func sent() (octets float64) {
	data, _ := os.ReadFile("/proc/net/dev")
	for line := range strings.Lines(string(data)) {
		_, counters, ok := strings.Cut(line, ":")
		if fields := strings.Fields(counters); ok && len(fields) > 8 {
			n, _ := strconv.ParseFloat(fields[8], 64)
			octets += n
		}
	}
	return octets
}
