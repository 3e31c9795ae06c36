package zyretrace

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre/trace"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Bounds of what one diagram is made of.
const (
	maxSteps = 1_000_000
	maxNodes = 1000
)

var seed = maphash.MakeSeed()

// loader makes steps of lines.
type loader struct {
	*story
	beacons bool                   // all of them are steps, not only those with which something begins
	waiting map[int]*step          // a node's last input, which is a step if something follows
	calls   map[int]map[int]string // a node's calls that are not yet answered
	last    map[int]time.Time      // of a node's lines, unless it has stopped
	count   int
	first   int // how many nodes had their first line
}

func newLoader(beacons bool) *loader {
	return &loader{story: &story{byID: map[trace.ID]int{}}, beacons: beacons, waiting: map[int]*step{},
		calls: map[int]map[int]string{}, last: map[int]time.Time{}}
}

// open opens a file, or stdin for "-".
func open(path string, std cli.Streams) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(std.In), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, show.FileError(path, err)
	}
	return f, nil
}

// load reads all files.
func load(ctx context.Context, paths []string, beacons bool, std cli.Streams) (*story, error) {
	l := newLoader(beacons)
	for _, path := range paths {
		f, err := open(path, std)
		if err != nil {
			return nil, err
		}
		err = l.read(ctx, f)
		_ = f.Close()
		if errors.Is(err, trace.ErrCut) {
			l.cut = append(l.cut, show.Text(path))
		} else if err != nil {
			return nil, fmt.Errorf("%s: %s", show.Text(path), show.Text(err.Error()))
		}
	}
	for _, i := range slices.Sorted(maps.Keys(l.last)) {
		l.add(&step{at: l.last[i], node: i, peer: -1, kind: noted, text: "its trace ends here: it was not stopped"})
	}
	if l.count == 0 {
		return nil, errors.New("nothing is in these traces")
	}
	return l.story, nil
}

func (l *loader) read(ctx context.Context, in io.Reader) error {
	r := trace.NewReader(in)
	for {
		line, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case r.Number()%1024 == 0 && ctx.Err() != nil:
			return context.Cause(ctx)
		}
		l.line(&line)
		switch {
		case l.count > maxSteps:
			return fmt.Errorf("more than %d things happen in these traces: give fewer files, or shorter ones", maxSteps)
		case len(l.nodes) > maxNodes:
			return fmt.Errorf("more than %d nodes are in these traces: give fewer files", maxNodes)
		}
	}
}

// line makes a step of a line, if it is worth one.
func (l *loader) line(line *trace.Line) {
	i, peer := l.node(line.Node), l.node(line.Peer)
	if n := l.nodes[i]; !n.traced {
		n.traced, n.file = true, l.first
		l.first++
	}
	switch _, on := l.last[i]; {
	case line.In == trace.Stop:
		delete(l.last, i)
	case on || line.In == trace.Begin || len(l.nodes[i].steps) == 0: // else it is what follows its stop
		l.last[i] = line.Time
	}
	s := &step{at: line.Time, node: i, peer: peer, kind: noted, group: string(line.Group)}
	if line.In != "" {
		l.waiting[i] = nil
	} else if w := l.waiting[i]; w != nil && line.Out != trace.Local && line.Out != trace.Unacknowledged {
		l.waiting[i] = nil
		l.add(w)
	}
	switch {
	case line.In != "":
		l.input(s, line)
	case line.Out != "":
		l.output(s, line)
	default:
		l.event(s, line)
	}
}

// passed makes a step of a command, which is one between two nodes only if the line says with whom.
func (s *step) passed(k kind, line *trace.Line) {
	s.command(line)
	switch {
	case s.peer >= 0:
		s.kind = k
	case k == sent:
		s.text = "sends nobody " + s.text
	default:
		s.text = "hears of nobody " + s.text
	}
}

func (l *loader) add(s *step) {
	n := l.nodes[s.node]
	s.number = len(n.steps)
	n.steps = append(n.steps, s)
	l.count++
}

// command says which one a line is about.
func (s *step) command(line *trace.Line) {
	s.key = key{command: line.Command}
	for _, size := range line.Sizes {
		s.key.octets += size
	}
	var h maphash.Hash
	h.SetSeed(seed)
	for _, frame := range line.Frames {
		h.WriteString(frame)
		h.WriteByte(0)
	}
	s.key.digest = h.Sum64()
	if line.Sequence == nil {
		s.text = "what is no command"
		return
	}
	s.key.sequence = *line.Sequence
	s.text = fmt.Sprintf("%s #%d", show.Text(line.Command), *line.Sequence)
	if line.Group != "" {
		s.text += " " + show.Text(string(line.Group))
	}
	if len(line.Sizes) > 1 {
		content := 0
		for _, size := range line.Sizes[1:] {
			content += size
		}
		s.text += fmt.Sprintf(", %d octets", content)
	}
}

// input is what came to a node.
func (l *loader) input(s *step, line *trace.Line) {
	who := func() string { return l.placeholder(s.peer) }
	from := ""
	if line.Addr != "" {
		from = " from " + show.Text(line.Addr)
	}
	switch line.In {
	case trace.Begin:
		if c := line.Config; c != nil {
			l.call(s.node, string(c.Name), true)
			s.text = fmt.Sprintf("begins, on port %d", c.Port)
		}
		l.calls[s.node] = map[int]string{}
	case trace.Recv:
		s.passed(came, line)
	case trace.Beacon:
		s.text = "hears a beacon of " + who() + from
		if len(line.Data) > 4 && line.Data[len(line.Data)-4:] == "0000" {
			s.text = "hears the goodbye of " + who() + from
		}
		if !l.beacons {
			l.waiting[s.node] = s
			return
		}
	case trace.Up:
		s.text = "connection to " + who() + " stands"
	case trace.Down:
		s.text = "connection to " + who() + " broke"
	case trace.Failed:
		s.text = "no connection to " + who()
	case trace.Refused:
		s.text = "connection to " + who() + " refused: nobody listens there"
	case trace.Stranger:
		s.text = "somebody else is where " + who() + " was"
	case trace.Arrived:
		s.text = "connection of " + who() + " stands" + from
	case trace.Departed:
		s.text = "connection of " + who() + " ended"
	case trace.Moved:
		s.text = "its own addresses changed"
	case trace.Suspend:
		s.text = "is read too slowly, and takes no more commands"
	case trace.Resume:
		s.text = "takes commands again"
	case trace.Stop:
		s.text = "stops"
	case trace.Join, trace.Leave, trace.Whisper, trace.Shout, trace.Ping:
		if calls := l.calls[s.node]; calls != nil && len(calls) < maxSteps {
			calls[line.Call] = line.In
		}
		return
	default: // a tick, or what a later version has
		return
	}
	if line.Error != "" {
		s.text += ": " + show.Text(string(line.Error))
	}
	l.add(s)
}

// output is what a node did.
func (l *loader) output(s *step, line *trace.Line) {
	who := l.placeholder(s.peer)
	switch line.Out {
	case trace.Send:
		s.passed(sent, line)
		s.refused = line.Error != ""
	case trace.Connect, trace.ConnectAny:
		s.text = fmt.Sprintf("connects to %s at %s", who, show.Text(string(line.Endpoint)))
	case trace.Redial:
		s.text = fmt.Sprintf("connects anew to %s at %s", who, show.Text(string(line.Endpoint)))
	case trace.Disconnect:
		s.text = "closes its connection to " + who
	case trace.Done:
		call := l.calls[s.node][line.Call]
		delete(l.calls[s.node], line.Call)
		if line.Error == "" {
			return
		}
		s.text = "its " + call
	default:
		return
	}
	if line.Error != "" {
		s.text += ": " + show.Text(string(line.Error))
	}
	l.add(s)
}

// event is what a node told its application. What it was sent is a step already.
func (l *loader) event(s *step, line *trace.Line) {
	l.call(s.peer, string(line.Name), false)
	who := l.placeholder(s.peer)
	s.text = show.Text(line.Event) + " " + who
	switch line.Event {
	case "WHISPER", "SHOUT", "STOP":
		return
	case "ENTER":
		s.kind = entered
		s.text += " at " + show.Text(string(line.Endpoint))
	case "EXIT":
		s.kind = exited
		s.text += ": " + show.Text(string(line.Cause))
	case "JOIN", "LEAVE":
		s.text += " " + show.Text(string(line.Group))
	}
	l.add(s)
}
