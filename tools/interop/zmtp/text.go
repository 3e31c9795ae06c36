package zmtp

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// field is a part of a line.
type field struct {
	octets []byte
	random bool // another recording has others
}

// String is the field's hexadecimal form.
func (f field) String() string {
	if f.random {
		return "<" + hex.EncodeToString(f.octets) + ">"
	}
	const enough = 8 // octets that are the same are written as their number
	var words []string
	plain := 0 // where octets begin that are not written yet
	flush := func(to int) {
		if to > plain {
			words = append(words, hex.EncodeToString(f.octets[plain:to]))
		}
	}
	for at := 0; at < len(f.octets); {
		end := at
		for end < len(f.octets) && f.octets[end] == f.octets[at] {
			end++
		}
		if end-at >= enough {
			flush(at)
			words = append(words, fmt.Sprintf("%02x*%d", f.octets[at], end-at))
			plain = end
		}
		at = end
	}
	flush(len(f.octets))
	return strings.Join(words, " ")
}

// writer writes a vector.
type writer struct{ strings.Builder }

func (w *writer) comment(format string, args ...any) { fmt.Fprintf(w, "# "+format+"\n", args...) }

func (w *writer) line(side Side, what string, fields ...field) {
	fmt.Fprintf(w, "%s %s", side, what)
	for _, f := range fields {
		if len(f.octets) > 0 {
			fmt.Fprintf(w, " | %s", f)
		}
	}
	w.WriteByte('\n')
}

// remark explains the line that was written last.
func (w *writer) remark(format string, args ...any) {
	text := strings.TrimSuffix(w.String(), "\n")
	w.Reset()
	fmt.Fprintf(w, "%s # %s\n", text, fmt.Sprintf(format, args...))
}

// handshake are the commands that come before everything else. Each end says each of them once.
var handshake = []string{"HELLO", "WELCOME", "INITIATE", "READY", "ERROR"}

// conversation writes what both said: the handshake in turns, for both may speak at once there, and the rest in its order.
// How often somebody repeats himself is a question of time, and written once.
func (w *writer) conversation(said []Said) {
	var first [2][]Unit
	var rest []Said
	for _, s := range said {
		if s.Greeting() || slices.Contains(handshake, s.Command()) {
			first[s.Side] = append(first[s.Side], s.Unit)
		} else {
			rest = append(rest, s)
		}
	}
	for i := range max(len(first[Dialer]), len(first[Listener])) {
		for side := range first {
			if i < len(first[side]) {
				w.unit(Side(side), first[side][i])
			}
		}
	}
	var last [2]string
	for _, s := range rest {
		if text := string(s.Octets); text != last[s.Side] {
			last[s.Side] = text
			w.unit(s.Side, s.Unit)
		}
	}
}

// unit writes one greeting or frame.
func (w *writer) unit(side Side, u Unit) {
	if u.Greeting() {
		w.greeting(side, u.Octets)
		return
	}
	what := "frame"
	if u.Octets[0]&command != 0 {
		what = "command"
	}
	fields := []field{{octets: u.Octets[:u.header]}}
	name := u.Command()
	if name == "" {
		w.line(side, what, append(fields, field{octets: u.Body()})...)
		if u.Octets[0]&1 != 0 {
			w.remark("more follow")
		}
		return
	}
	body := u.Body()
	fields = append(fields, field{octets: body[:1+len(name)]})
	w.line(side, what, append(fields, commandFields(name, side, body[1+len(name):])...)...)
	w.remark("%s", commandRemark(name, body[1+len(name):]))
}

func (w *writer) greeting(side Side, g []byte) {
	w.line(side, "greeting", field{octets: g[:10]}, field{octets: g[10:12]}, field{octets: g[12:32]}, field{octets: g[32:33]},
		field{octets: g[33:]})
	mechanism := strings.TrimRight(string(g[12:32]), "\x00")
	w.remark("signature, version %d.%d, %s, as-server %d, filler", g[10], g[11], mechanism, g[32])
}

// masked stands for octets that another recording has otherwise.
var masked = regexp.MustCompile(`<[0-9a-f]*>`)

// Fixed is a vector without what another recording, or another version of libzmq, may have otherwise: of random octets only
// their number is left, and nothing of comments.
func Fixed(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSuffix(line, "\n"), "#")
		line = masked.ReplaceAllStringFunc(line, func(random string) string { return fmt.Sprintf("<%d>", len(random)/2-1) })
		if line = strings.TrimRight(line, " "); line != "" {
			fmt.Fprintln(&out, line)
		}
	}
	return out.String()
}
