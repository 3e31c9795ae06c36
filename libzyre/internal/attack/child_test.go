//go:build linux

package attack

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// victimsEnv makes the test program the victims' process; it holds the settings.
const victimsEnv = "GOZYRE_ATTACK_VICTIMS"

// settings are those of the three nodes.
type settings struct {
	Config    zyre.Config
	ShoutSize int // octets of each shout
}

// report is what the victims' process says of itself, since the last order to begin.
type report struct {
	Peak, Resident               uint64 // octets of memory
	Goroutines, MostGoroutines   int
	Descriptors, MostDescriptors int
	Nodes                        [3]nodeReport
}

// nodeReport is what a victim says.
type nodeReport struct {
	UUID                zyre.UUID
	Endpoint            string
	Stats               zyre.Stats
	Odd                 []string       // the first of what must not happen
	Odds                int            // and how much of it there was
	Doubts              int            // EVASIVE and SILENT of each other
	Strangers           map[string]int // events about others than the victims
	Heard               int            // messages of the friend and kind that was heard least
	Shouts, ShoutErrors int
	P50, P99, Worst     time.Duration // from saying to hearing, inside of the process
}

// The orders, a line each. Every one is answered by a report; the end of the orders is the end.
const (
	orderBegin  = "begin"
	orderReport = "report"
)

// runVictims is the victims' process.
func runVictims(text string) int {
	v := &process{stop: make(chan struct{})}
	if err := v.start(text); err != nil {
		fmt.Fprintln(os.Stderr, "victims:", err)
		return 1
	}
	defer v.end()
	out := json.NewEncoder(os.Stdout)
	out.Encode(v.report())
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == orderBegin {
			v.begin()
		}
		if out.Encode(v.report()) != nil {
			return 1
		}
	}
	return 0
}

type process struct {
	talkers   []*talker
	endpoints map[zyre.UUID]string
	stop      chan struct{}
	sampler   sync.WaitGroup

	mu                      sync.Mutex
	goroutines, descriptors int // the most of them
}

// start returns when each victim can talk to each other one.
func (v *process) start(text string) error {
	var s settings
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	epoch := time.Now()
	for _, name := range []string{"alice", "bob", "carol"} {
		k, err := newTalker(name, &s, epoch)
		if err != nil {
			return err
		}
		v.talkers = append(v.talkers, k)
	}
	for _, k := range v.talkers {
		for _, other := range v.talkers {
			if other != k {
				k.friends[other.node.UUID()] = &friend{name: other.node.Name()}
			}
		}
		k.talk()
	}
	for _, k := range v.talkers {
		for range k.friends {
			<-k.present
		}
	}
	v.endpoints = map[zyre.UUID]string{}
	for _, k := range v.talkers[:2] {
		for _, p := range k.node.Peers() {
			v.endpoints[p.UUID] = p.Addr
		}
	}
	for _, k := range v.talkers {
		k.begin()
	}
	v.sampler.Go(v.sample)
	return nil
}

// begin makes what was up to now the past.
func (v *process) begin() {
	runtime.GC()
	debug.FreeOSMemory()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // VmHWM begins anew; report says whether it did
	for _, k := range v.talkers {
		k.reset()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.goroutines, v.descriptors = 0, 0
}

func (v *process) sample() {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-v.stop:
			return
		case <-ticker.C:
			v.look()
		}
	}
}

func (v *process) look() (goroutines, descriptors int) {
	goroutines, descriptors = runtime.NumGoroutine(), openDescriptors()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.goroutines, v.descriptors = max(v.goroutines, goroutines), max(v.descriptors, descriptors)
	return goroutines, descriptors
}

func (v *process) report() (r report) {
	r.Goroutines, r.Descriptors = v.look()
	v.mu.Lock()
	r.MostGoroutines, r.MostDescriptors = v.goroutines, v.descriptors
	v.mu.Unlock()
	r.Peak, r.Resident = memory("VmHWM:"), memory("VmRSS:")
	for i, k := range v.talkers {
		r.Nodes[i] = k.report()
		r.Nodes[i].Endpoint = v.endpoints[r.Nodes[i].UUID]
	}
	return r
}

func (v *process) end() {
	close(v.stop)
	v.sampler.Wait()
	for _, k := range v.talkers {
		k.end()
	}
}

func openDescriptors() int {
	d, err := os.Open("/proc/self/fd")
	if err != nil {
		return -1
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	return len(names) - 1 // one is d
}

// memory is a line of /proc/self/status, in octets.
func memory(line string) uint64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), line)
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kilo, _ := strconv.ParseUint(number, 10, 64)
	return kilo << 10
}
