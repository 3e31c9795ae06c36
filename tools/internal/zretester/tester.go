package zretester

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Run does what the command line says, until that is done or ctx is. The error says that something
// was found, or what makes no sense.
func Run(ctx context.Context, o Options, std cli.Streams) error {
	s, err := o.scenario()
	if err != nil {
		return err
	}
	if o.Sim {
		return simulate(ctx, &o, &s, std)
	}
	if err := checkLimit(&s, limit()); err != nil {
		return err
	}
	t := &tester{options: &o, scenario: &s, seed: o.seed(), began: time.Now(), roster: newRoster(), command: worker}
	return t.run(ctx, std)
}

// tester is one run on real sockets.
type tester struct {
	options   *Options
	scenario  *Scenario
	seed      uint64
	began     time.Time
	roster    *roster
	command   func() *exec.Cmd // of a process that works for us
	collector collector
	team      team
	guests    *guests
	late      *lateness
	weather   func(context.Context) // lets faults happen until the context is done; nil: there are none

	mu        sync.Mutex
	state     string
	troubles  []string
	more      int // troubles beyond those
	peak      uint64
	descs     int
	processes int
}

// collector is what a history.Collector does.
type collector interface {
	Take(o history.Observation)
	Finish(at time.Time) []history.Finding
	Findings() []history.Finding
	Figures() history.Figures
}

// window is how late an observation may come.
const window = time.Second

// lag is how late a node may tell something, on a machine that has more to do.
const lag = 3 * time.Second

// maxTroubles bounds what is kept of those.
const maxTroubles = 100

func (t *tester) run(ctx context.Context, std cli.Streams) error {
	t.processes = max(1, t.scenario.Processes, t.scenario.Namespaces)
	if t.collector == nil {
		t.collector = history.Collect(history.New(history.Config{Settle: t.scenario.Settle, Lag: min(lag, t.scenario.Settle/2)}), window)
	}
	t.late = watchLateness()
	defer t.late.end()
	ctx, interrupt := context.WithCancel(ctx)
	defer interrupt()
	end, err := t.assemble(std)
	if err != nil {
		return err
	}
	defer end()
	screen := newScreen(t.look, interrupt, std)
	living, rest := context.WithCancel(ctx)
	defer rest()
	if t.scenario.For > 0 {
		timer := time.AfterFunc(t.scenario.For, rest)
		defer timer.Stop()
	}
	t.say("running")
	t.guests.start()
	var faults sync.WaitGroup
	if t.weather != nil {
		faults.Go(func() { t.weather(living) })
	}
	t.team.run(living)
	faults.Wait()
	if ctx.Err() == nil && sum(t.team.figures()).Running > 0 {
		t.say("settling")
		sleep(ctx, t.scenario.Settle+window+time.Second)
	}
	t.say("ending")
	if crew, many := t.team.(*crew); many {
		crew.merger.flush()
	}
	r := t.report(t.collector.Finish(time.Now()), ctx.Err() != nil)
	t.guests.close()
	t.team.close()
	screen.close()
	return r.print(std, t.options.JSON)
}

// assemble makes the team. What it returns takes away what has to be taken away.
func (t *tester) assemble(std cli.Streams) (end func(), err error) {
	s := t.scenario
	base := task{Carrier: t.options.Carrier, Seed: t.seed, Port: t.options.Port, Interfaces: t.options.Interface}
	if base.Port == 0 {
		if base.Port, err = freePort(); err != nil {
			return nil, err
		}
	}
	if len(base.Interfaces) == 0 {
		base.Interfaces = []string{zyre.Loopback()}
	}
	if t.guests, err = newGuests(t.options.ZyreJS, base.Port, base.Interfaces[0], s, t.trouble); err != nil {
		return nil, err
	}
	base.Life = *s
	base.Life.Every *= time.Duration(t.processes)
	base.Life.Shout *= time.Duration(t.processes)
	rng := rand.New(rand.NewPCG(t.seed, 0))
	if t.processes == 1 {
		base.Size, base.Most = s.Nodes, crowd(s.Nodes)
		recorder := history.NewRecorder(func(o history.Observation) {
			t.roster.watch(0, &o)
			t.collector.Take(o)
		})
		t.team = newPool(&base.Life, base.Size, base.Most, "n", t.seed, notes{recorder, t.trouble}, starter(&base, std.Err))
		return func() {}, nil
	}
	crew := &crew{merger: newMerger(t.processes, t.collector.Take), trouble: t.trouble, kill: s.Kill, rng: rng}
	t.team = crew
	for i := range t.processes {
		m := &member{number: i + 1, task: base, roster: t.roster, command: t.command}
		m.task.Size = s.Nodes/t.processes + b2i(i < s.Nodes%t.processes)
		m.task.Most = share(crowd(s.Nodes), t.processes)
		m.task.Seed += uint64(i) << 32
		crew.members = append(crew.members, m)
	}
	if s.Namespaces > 0 {
		return t.settleHosts(crew)
	}
	return func() {}, nil
}

// worker is the command that starts this program again, as one that works for it.
func worker() *exec.Cmd {
	cmd := exec.Command(program(), workerFlag)
	cmd.Args[0] = os.Args[0] // by which it knows what it is, in tests
	return cmd
}

// workerFlag is what a process is started with that works for us.
const workerFlag = "--worker"

// program is the path of this program, by the name with which it was started.
func program() string {
	if path, err := exec.LookPath(os.Args[0]); err == nil {
		return path
	}
	path, _ := os.Executable()
	return path
}

func (t *tester) say(state string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state = state
}

// trouble notes what should not have happened.
func (t *tester) trouble(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.troubles) == maxTroubles {
		t.more++
		return
	}
	t.troubles = append(t.troubles, show.Text(err.Error()))
}

// look tells how things stand.
func (t *tester) look() view {
	v := view{Elapsed: time.Since(t.began), For: t.scenario.For, Nodes: t.scenario.Nodes, Seed: t.seed}
	v.Rows = t.team.figures()
	v.Total = sum(v.Rows)
	v.PerNode = t.processes == 1
	if v.PerNode {
		v.Total.process(t.late)
		if len(v.Rows) > manyNodes {
			v.PerNode = false
			v.Total.Name = "this process"
			v.Rows = []figure{v.Total}
		}
	}
	figures := t.collector.Figures()
	v.Exits = figures.Exits
	found := t.collector.Findings()
	for _, f := range found[max(0, len(found)-latest):] {
		v.Latest = append(v.Latest, findingText(&f, t.began))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	v.State = t.state
	v.Finds = int(figures.Findings) + len(t.troubles) + t.more
	v.Latest = append(v.Latest, t.troubles[max(0, len(t.troubles)-latest):]...)
	t.peak, t.descs = max(t.peak, v.Total.Memory), max(t.descs, v.Total.Open)
	return v
}

// latest is how many findings the table shows.
const latest = 5

// report is what came of it.
func (t *tester) report(findings []history.Finding, interrupted bool) *report {
	v, figures := t.look(), t.collector.Figures()
	t.mu.Lock()
	defer t.mu.Unlock()
	return &report{
		Type: "report", Version: cli.Version("zretester"), Seed: t.seed, Began: t.began, Took: time.Since(t.began),
		Nodes: t.scenario.Nodes, Processes: t.processes, Namespaces: t.scenario.Namespaces, Guests: len(t.guests.commands),
		Interrupted: interrupted, Started: v.Total.Started, Skipped: v.Total.Skipped, Late: v.Total.Late,
		Figures: figures, Found: int(figures.Findings), Findings: findings,
		Troubles: slices.Clone(t.troubles), MoreTroubles: t.more, Memory: t.peak, Open: t.descs,
	}
}

// freePort returns a UDP port on which nobody listens, outside of the range from which systems take
// ports by themselves.
func freePort() (uint16, error) {
	const low, high, tries = 20_000, 32_000, 100
	for try := 1; ; try++ {
		port := low + rand.IntN(high-low)
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{Port: port})
		if err == nil {
			return uint16(port), conn.Close()
		}
		if try == tries {
			return 0, fmt.Errorf("no free UDP port: %w", err)
		}
	}
}
