package dechat

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"golang.org/x/term"
)

// editor reads lines from a terminal: arrows, history, Tab. What is written to
// it appears above the line that is being typed.
type editor struct {
	in, screen *os.File
	term       *term.Terminal
	sizes      func() // stops following the size

	mu    sync.Mutex
	state *term.State // to go back to; nil when the terminal is as it was
}

func isTerminal(s any) bool {
	f, ok := s.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// newEditor returns nil where nobody types: stdin, or both other ends, are no
// terminal.
func newEditor(std cli.Streams) *editor {
	screen := std.Out
	if !isTerminal(screen) {
		screen = std.Err
	}
	if !isTerminal(std.In) || !isTerminal(screen) {
		return nil
	}
	e := &editor{in: std.In.(*os.File), screen: screen.(*os.File)}
	e.term = newTerminal(struct {
		io.Reader
		io.Writer
	}{&keys{e.in}, e.screen})
	return e
}

func newTerminal(rw io.ReadWriter) *term.Terminal {
	t := term.NewTerminal(rw, "> ")
	t.History = &history{}
	return t
}

// start takes the terminal over. complete does what Tab does.
func (e *editor) start(complete func(line string, pos int) (string, int)) error {
	state, err := term.MakeRaw(int(e.in.Fd()))
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.state = state
	e.mu.Unlock()
	e.resize()
	e.sizes = onResize(e.resize)
	e.term.SetBracketedPasteMode(true)
	e.term.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' {
			return "", 0, false
		}
		line, pos = complete(line, pos)
		return line, pos, true
	}
	return nil
}

func (e *editor) resize() {
	if width, height, err := term.GetSize(int(e.screen.Fd())); err == nil && width > 0 {
		_ = e.term.SetSize(width, height)
	}
}

// close gives the terminal back as it was. More than once is fine.
func (e *editor) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state == nil {
		return
	}
	e.sizes()
	e.term.SetBracketedPasteMode(false)
	_, _ = io.WriteString(e.screen, "\r\x1b[K") // the empty or unfinished line
	_ = term.Restore(int(e.in.Fd()), e.state)
	e.state = nil
}

func (e *editor) line() (string, error) {
	line, err := e.term.ReadLine()
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	return line, err
}

func (e *editor) Write(text []byte) (int, error) { return e.term.Write(text) }

// prompt shows where lines go.
func (e *editor) prompt(group string) { e.term.SetPrompt(printable(group) + "> ") }

// history remembers the lines typed; not the empty ones, nor a line that
// repeats the one before.
type history struct{ lines []string }

const maxHistory = 500

func (h *history) Len() int          { return len(h.lines) }
func (h *history) At(idx int) string { return h.lines[len(h.lines)-1-idx] }

func (h *history) Add(line string) {
	if line == "" || len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	if len(h.lines) == maxHistory {
		h.lines = append(h.lines[:0], h.lines[1:]...)
	}
	h.lines = append(h.lines, line)
}

// keys translates what some terminals send for Home, End and Ctrl with an
// arrow to what package term knows.
type keys struct{ r io.Reader }

var sameKeys = [][2][]byte{
	{[]byte("\x1b[1~"), []byte("\x1b[H")}, {[]byte("\x1b[7~"), []byte("\x1b[H")}, {[]byte("\x1bOH"), []byte("\x1b[H")},
	{[]byte("\x1b[4~"), []byte("\x1b[F")}, {[]byte("\x1b[8~"), []byte("\x1b[F")}, {[]byte("\x1bOF"), []byte("\x1b[F")},
	{[]byte("\x1b[1;5C"), []byte("\x1b[1;3C")}, {[]byte("\x1b[1;5D"), []byte("\x1b[1;3D")},
}

func (k *keys) Read(p []byte) (int, error) {
	n, err := k.r.Read(p)
	if bytes.IndexByte(p[:n], 0x1b) < 0 {
		return n, err
	}
	text := p[:n:n]
	for _, same := range sameKeys {
		text = bytes.ReplaceAll(text, same[0], same[1]) // never longer
	}
	return copy(p, text), err
}
