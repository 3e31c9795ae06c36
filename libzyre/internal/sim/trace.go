package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// tracer writes a transcript: a line for each thing that happens to or in the nodes
// that it is about.
type tracer struct {
	lines []string
	about map[string]bool // names; nil: all
}

func (t *tracer) say(at int64, who, text string) {
	t.lines = append(t.lines, fmt.Sprintf("%12.6f %-6s %s", time.Duration(at).Seconds(), who, text))
}

func (w *World) trace(p *process, format string, args ...any) {
	name := w.nameOf(p.id)
	if w.tracer.about == nil || w.tracer.about[name] {
		w.tracer.say(w.now, name, fmt.Sprintf(format, args...))
	}
}

// traces reports whether a transcript is written in which a peer occurs.
func (w *World) traces(peer ID) bool {
	return w.tracing && (w.tracer.about == nil || w.tracer.about[w.nameOf(peer)])
}

// traceMessage writes a message of the protocol.
func (w *World) traceMessage(p *process, what string, peer ID, frames [][]byte) {
	var m zre.Message
	if err := m.Parse(frames); err != nil {
		w.trace(p, "%s %s: %v", what, w.nameOf(peer), err)
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %v #%d", what, w.nameOf(peer), m.ID, m.Sequence)
	if m.ID == zre.IDHello {
		fmt.Fprintf(&b, " at %s in %q status %d", m.Endpoint, m.Groups, m.Status)
	}
	if len(m.Group) > 0 {
		fmt.Fprintf(&b, " %s status %d", m.Group, m.Status)
	}
	w.trace(p, "%s", b.String())
}

func (w *World) traceEvent(p *process, e *harmony.Event) {
	if e.Type == harmony.Message {
		w.traceMessage(p, "recv", e.Peer, e.Frames)
		return
	}
	text := e.Type.String() + " " + w.nameOf(e.Peer)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	w.trace(p, "%s", text)
}

// traceTold writes what an application is told.
func (w *World) traceTold(p *process, e *core.Event) {
	text := e.Type.String() + " " + w.nameOf(e.Peer)
	switch e.Type {
	case core.Enter:
		text += " " + e.Addr
	case core.Exit:
		text += ": " + e.Cause.Error()
	case core.Whisper, core.Shout:
		text += " " + label(e.Msg[0])
		fallthrough
	default:
		text += " " + e.Group
	}
	w.trace(p, "    TOLD %s", text)
}

// label is a short name for what an application sent.
func label(payload []byte) string { return fmt.Sprintf("%04x", mix(crc(payload))&0xffff) }

func crc(b []byte) (sum uint64) {
	for _, c := range b {
		sum = sum*31 + uint64(c)
	}
	return sum
}
