package zyre

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/bars"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// board shows what happens to files: on stdout, and talk about it on stderr; in
// JSON, all events on stdout. Who receives can have progress bars.
type board struct {
	printer
	talk     io.Writer
	terminal bool // where talk goes
	bars     *bars.Bars
	blocked  map[zyre.UUID]bool // the user knows that nothing of a peer's can be taken
	refused  map[zyre.UUID]int  // files of a peer's that were told to be refused
	files    int64              // received
	octets   int64
	lost     int64 // refused
}

// maxRefused is how many refused files of one peer are told each by itself.
const maxRefused = 100

func newBoard(std cli.Streams, json bool) *board {
	b := &board{printer: printer{w: std.Out, json: json, failed: func() {}}, talk: std.Err,
		blocked: map[zyre.UUID]bool{}, refused: map[zyre.UUID]int{}}
	if f, ok := std.Err.(*os.File); ok {
		info, err := f.Stat()
		b.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return b
}

// draw shows bars where stdout is a terminal, until close.
func (b *board) draw() {
	if !b.json {
		b.bars, b.w, b.talk = bars.Over(b.w, b.talk)
	}
}

func (b *board) close() { b.bars.Close() }

// note tells something beside the files.
func (b *board) note(format string, args ...any) {
	_, _ = b.talk.Write(fmt.Appendf(nil, "* "+format+"\n", args...)) // stderr may fail in peace
}

// say prints text, or v where JSON is wanted.
func (b *board) say(text string, v any) {
	if b.json {
		b.print(show.Line(v))
	} else {
		b.print([]byte(text + "\n"))
	}
}

// event shows e.
func (b *board) event(e zyre.Event) {
	switch e.Type {
	case zyre.Enter:
		b.names.Add(e.Name, e.Peer)
	case zyre.Exit:
		defer b.forget(e.Peer)
	case zyre.Deliver:
		b.files++
		b.octets += e.Size
	case zyre.Refused:
		if e.Path != "" {
			b.lost++
		}
	}
	if b.json {
		b.print(show.JSON(e))
		return
	}
	who := b.names.Of(e.Name, e.Peer)
	file := bars.File{From: e.Peer.String(), Path: e.Group + "\x00" + e.Path}
	state := bars.State{Name: e.Path, Size: e.Size, Done: e.Done, Sent: -1, Time: e.Time}
	switch e.Type {
	case zyre.Progress:
		b.blocked[e.Peer] = false
		b.bars.Step(file, state)
	case zyre.Deliver:
		b.blocked[e.Peer] = false
		b.bars.Finish(file, state)
		b.printf("received %s from %s%s (%s, %s)\n", show.Text(e.Path), who, of(e.Group), show.Text(e.File), show.Plural(e.Size, "octet"))
	case zyre.Refused:
		b.bars.Drop(file)
		b.refuse(who, e)
	case zyre.Sent:
		b.printf("sent %s to %s%s\n", show.Text(e.Path), who, of(e.Group))
	default:
		if text := presence(who, e); text != "" && !errors.Is(e.Cause, zyre.ErrClosed) {
			b.note("%s", text)
		}
	}
}

// refuse tells that something could not be taken: a peer that has much of it is
// not to fill the screen.
func (b *board) refuse(who string, e zyre.Event) {
	why := "no reason given"
	if e.Cause != nil {
		why = show.Text(e.Cause.Error())
	}
	switch n := b.refused[e.Peer]; {
	case e.Path == "":
		if !b.blocked[e.Peer] {
			b.note("nothing from %s can be taken (%s): waiting, and trying again", who, why)
		}
		b.blocked[e.Peer] = true
		return
	case n < maxRefused:
		b.note("refused %s from %s%s: %s", show.Text(e.Path), who, of(e.Group), why)
	case n == maxRefused:
		b.note("more is refused from %s: it is only counted from now on", who)
	}
	b.refused[e.Peer]++
}

// forget lets go of what is known of a peer that has left.
func (b *board) forget(peer zyre.UUID) {
	b.names.Remove(peer)
	delete(b.blocked, peer)
	delete(b.refused, peer)
	b.bars.DropAll(peer.String())
}

// of says for which group a file is.
func of(group string) string {
	if group == "" {
		return ""
	}
	return " in " + show.Text(group)
}
