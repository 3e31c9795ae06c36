package zyretrace

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// most is how many steps a diagram has.
const most = 400

// shown are the steps that are drawn, and how many are left out. A command that came is drawn with its leaving.
func (s *story) shown() (steps []*step, left int) {
	if len(s.steps) > most {
		return s.steps[:most], len(s.steps) - most
	}
	return s.steps, 0
}

// columns are the nodes that occur in steps, in the order of the traces; those that are only talked of come last.
func (s *story) columns(steps []*step) []int {
	seen := map[int]bool{}
	for _, st := range steps {
		seen[st.node] = true
		if st.kind == sent || st.kind == came {
			seen[st.peer] = true
		}
	}
	order := slices.Sorted(maps.Keys(seen))
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(s.nodes[a].file, s.nodes[b].file)
	})
	return order
}

// writeMermaid draws the story as Mermaid's sequence diagram.
func (s *story) writeMermaid(w io.Writer) error {
	out := bufio.NewWriter(w)
	steps, left := s.shown()
	fmt.Fprintln(out, "sequenceDiagram")
	for _, line := range s.clocks() {
		fmt.Fprintf(out, "    %%%% %s\n", entities(line))
	}
	for _, i := range s.columns(steps) {
		fmt.Fprintf(out, "    participant p%d as %s\n", i, entities(s.label(i)))
	}
	for _, st := range steps {
		after := entities(clock(st.at)[:len("15:04:05.000")])
		text := entities(s.say(st.text))
		switch {
		case st.kind == sent && (st.refused || s.lost(st)):
			fmt.Fprintf(out, "    p%d-xp%d: %s %s%s\n", st.node, st.peer, after, text, entities(s.fate(st)))
		case st.kind == sent:
			fmt.Fprintf(out, "    p%d->>p%d: %s %s\n", st.node, st.peer, after, text)
		case st.kind == came && st.other != nil: // it is drawn where it left
		case st.kind == came:
			fmt.Fprintf(out, "    p%d->>p%d: %s %s\n", st.peer, st.node, after, text)
		default:
			fmt.Fprintf(out, "    Note over p%d: %s %s\n", st.node, after, text)
		}
	}
	if left > 0 {
		fmt.Fprintf(out, "    Note over p%d: %s\n", steps[0].node, entities(tooMany(left)))
	}
	return out.Flush()
}

func tooMany(left int) string {
	return fmt.Sprintf("and %d steps more: choose with --peer, --group, --since and --until", left)
}

// entities writes all that could mean something to Mermaid or HTML as Mermaid's entities.
func entities(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == ' ' || r == '.' || r == ',' || r == '/' || r == '(' || r == ')' || r == '\'' || r == '_' || r == '-',
			'0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', r >= 0xa0:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
