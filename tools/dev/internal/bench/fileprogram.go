package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// program is a process of a measurement, with those that it starts.
type program struct {
	cmd    *repo.Cmd
	out    bytes.Buffer // what it prints; good once it has ended
	err    bytes.Buffer
	begun  time.Time
	exited chan struct{} // closed when it has ended
	result error
	at     string // where it listens
	asked  bool   // to end

	// Known once it has ended.
	took   time.Duration
	cpu    time.Duration // all of them
	memory float64       // the most that any one of them had, in octets
}

// nobody serves where no server is needed.
var nobody = &program{}

// start lets a program run, with a home of its own below the bout's folder.
func (b *bout) start(args []string) (*program, error) {
	p := &program{cmd: b.env.Command(args[0], args[1:]...), exited: make(chan struct{})}
	home := b.in("home")
	p.cmd.With("HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"), "XDG_CONFIG_HOME="+filepath.Join(home, "config"),
		"XDG_STATE_HOME="+filepath.Join(home, "state"), "LocalAppData="+home, "AppData="+home)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	p.begun = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go p.watch()
	return p, nil
}

// watch waits for the program's end, and looks at its memory meanwhile: what the system tells afterwards takes in what we had when
// we started it.
func (p *program) watch() {
	over := make(chan struct{})
	measured := make(chan struct{})
	go func() {
		defer close(measured)
		again := time.NewTicker(20 * time.Millisecond)
		defer again.Stop()
		for {
			p.memory = max(p.memory, peakMemory(p.cmd.Process.Pid))
			select {
			case <-again.C:
			case <-over:
				return
			}
		}
	}()
	p.result = p.cmd.Wait()
	p.took = time.Since(p.begun)
	close(over)
	<-measured
	if state := p.cmd.ProcessState; state != nil {
		p.cpu = state.UserTime() + state.SystemTime()
		if p.memory == 0 {
			p.memory = maxMemory(state)
		}
	}
	close(p.exited)
}

// peakMemory is the most that a process, or one of those that it started, has ever had in memory: as Linux tells it, else 0.
func peakMemory(pid int) (most float64) {
	if runtime.GOOS != "linux" {
		return 0
	}
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	status, _ := os.ReadFile(filepath.Join(proc, "status"))
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kib, _ := strconv.ParseFloat(fields[1], 64)
			most = kib * 1024
		}
	}
	children, _ := os.ReadFile(filepath.Join(proc, "task", strconv.Itoa(pid), "children"))
	for _, child := range strings.Fields(string(children)) {
		if id, err := strconv.Atoi(child); err == nil {
			most = max(most, peakMemory(id))
		}
	}
	return most
}

// wait waits until it ends by itself.
func (p *program) wait() error {
	<-p.exited
	if p.result != nil {
		return p.told(p.result)
	}
	return nil
}

// told adds what the program said.
func (p *program) told(err error) error {
	return fmt.Errorf("%s: %w\n%s", filepath.Base(p.cmd.Path), err, tail(p.out.String()+p.err.String()))
}

// tail is the end of a long text.
func tail(text string) string {
	const most = 2000
	if len(text) > most {
		text = "…" + text[len(text)-most:]
	}
	return strings.TrimSpace(text)
}

// said is what it printed, once it has ended.
func (p *program) said() string { return p.out.String() }

// stop ends a server, in peace. It is an error if that had ended before. Further calls do nothing.
func (p *program) stop() error {
	if p == nobody || p.asked {
		return nil
	}
	p.asked = true
	select {
	case <-p.exited:
		return p.told(errors.Join(errors.New("it ended too early"), p.result))
	default:
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.cmd.Process.Kill()
	}
	late := time.AfterFunc(10*time.Second, func() { p.cmd.Process.Kill() })
	defer late.Stop()
	<-p.exited
	return nil
}

// kill starts our client and kills it when so many octets of a file are in its inbox. It returns how many that are.
func (b *bout) kill(args []string, inbox string, octets int64) (int64, error) {
	p, err := b.start(args)
	if err != nil {
		return 0, err
	}
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for {
		if largest(inbox) >= octets {
			err := p.cmd.Process.Kill()
			<-p.exited
			if p.result == nil {
				err = errors.New("the client was too fast to be killed")
			}
			return largest(inbox), err
		}
		select {
		case <-again.C:
		case <-p.exited:
			return 0, p.told(fmt.Errorf("it ended before it could be killed: %w", errors.Join(p.result)))
		}
	}
}

// largest is the size of the largest file below a folder, under whatever name.
func largest(dir string) (size int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				size = max(size, info.Size())
			}
		}
		return nil
	})
	return size
}

// free is a port that nobody has.
func free() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
