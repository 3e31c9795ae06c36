package zyre

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// matches tells whether target means the peer: by its name as it is shown, its
// UUID, or at least four digits at the start of that.
func matches(target, name string, id zyre.UUID) bool {
	const least = 4
	digits := strings.ToUpper(strings.ReplaceAll(target, "-", ""))
	return target == "" || target == show.Text(name) || target == show.Tagged(name, id) ||
		len(digits) >= least && strings.HasPrefix(id.String(), digits)
}

// printer shows what happens.
type printer struct {
	w      io.Writer
	json   bool
	names  show.Names
	err    error  // the first failure of w
	failed func() // called then
}

func (p *printer) print(line []byte) {
	if p.err != nil {
		return
	}
	if _, p.err = p.w.Write(line); p.err != nil {
		p.failed()
	}
}

func (p *printer) printf(format string, args ...any) { p.print(fmt.Appendf(nil, format, args...)) }

// event shows the events that are about being there.
func (p *printer) event(e zyre.Event) {
	text := presence(p.names.Of(e.Name, e.Peer), e)
	switch {
	case text == "":
	case p.json:
		p.print(show.JSON(e))
	default:
		p.printf("%s\n", text)
	}
}

// presence tells the events that are about being there; empty: it is another.
func presence(who string, e zyre.Event) string {
	switch e.Type {
	case zyre.Enter:
		return fmt.Sprintf("%s entered (%s at %s)", who, e.Peer, show.Text(e.Addr))
	case zyre.Exit:
		if e.Cause != nil {
			return fmt.Sprintf("%s left (%s)", who, show.Text(e.Cause.Error()))
		}
		return who + " left"
	case zyre.Evasive:
		return who + " is evasive"
	case zyre.Silent:
		return who + " is silent"
	}
	return ""
}

// pingLine is a ping in JSON. Times are nanoseconds.
type pingLine struct {
	Type   string `json:"type"`
	Peer   string `json:"peer"`
	Name   string `json:"name"`
	Addr   string `json:"addr"`
	Number int    `json:"number"`
	RTT    int64  `json:"rtt_ns,omitzero"`
	Lost   bool   `json:"lost,omitzero"`
	Cause  string `json:"cause,omitzero"`
	Time   string `json:"time"`
}

// ping shows what became of a ping.
func (p *printer) ping(r result, timeout time.Duration) {
	cause := ""
	switch {
	case errors.Is(r.err, context.DeadlineExceeded):
		cause = fmt.Sprintf("no answer within %v", timeout)
	case r.err != nil:
		cause = r.err.Error()
	}
	switch {
	case p.json:
		line := pingLine{Type: "PING", Peer: r.peer.String(), Name: r.name, Addr: r.addr, Number: r.number,
			Lost: r.err != nil, Cause: cause, Time: show.Time(time.Now())}
		if r.err == nil {
			line.RTT = int64(r.time)
		}
		p.print(show.Line(line))
	case r.err != nil:
		p.printf("%s: ping %d lost (%s)\n", p.names.Of(r.name, r.peer), r.number, show.Text(cause))
	default:
		p.printf("%s: ping %d answered in %s ms\n", p.names.Of(r.name, r.peer), r.number, millis(r.time))
	}
}

func millis(d time.Duration) string { return fmt.Sprintf("%.3f", float64(d)/1e6) }
