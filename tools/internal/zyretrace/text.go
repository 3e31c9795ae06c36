package zyretrace

import (
	"bufio"
	"fmt"
	"io"
	"time"
)

// writeText writes the story, a step a line.
func (s *story) writeText(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, line := range s.clocks() {
		fmt.Fprintf(out, "# %s\n", line)
	}
	for _, st := range s.steps {
		line := ""
		switch {
		case st.kind == came && st.other != nil:
			line = fmt.Sprintf("%s ◄─ %s  %s (%v later)", s.label(st.node), s.label(st.peer), s.say(st.text), st.at.Sub(st.other.at).Round(time.Microsecond))
		case st.kind == came:
			line = fmt.Sprintf("%s ◄─ %s  %s", s.label(st.node), s.label(st.peer), s.say(st.text))
		case st.kind == sent:
			line = fmt.Sprintf("%s ─► %s  %s%s", s.label(st.node), s.label(st.peer), s.say(st.text), s.fate(st))
		default:
			line = fmt.Sprintf("%s  %s", s.label(st.node), s.say(st.text))
		}
		fmt.Fprintf(out, "%s  %s\n", clock(st.at), line)
	}
	return out.Flush()
}

// fate is what became of a command that did not arrive.
func (s *story) fate(st *step) string {
	switch {
	case st.refused:
		return " (not sent)"
	case s.lost(st):
		return " (never arrived)"
	}
	return ""
}

// lost says whether a command left and did not arrive where there is a trace.
func (s *story) lost(st *step) bool {
	return st.kind == sent && !st.refused && st.other == nil && s.nodes[st.peer].traced
}
