package zproto

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"
)

// Picture is a picture in Graphviz's language, and what it shows for whoever cannot see it. The classes state, here, event,
// action, cell, begin and note of its nodes are for a style sheet; without one it is in light colours.
type Picture struct {
	Title string // what it is of
	Desc  string // all that it shows, in words
	Dot   []byte // the text for Graphviz
}

// dotHead begins every picture. DejaVu Sans is a font whose widths Graphviz knows by heart, so that a picture is the same on
// all machines, and a wide one, so that the text has room in whatever font it is shown.
const dotHead = `    graph [rankdir=%s, bgcolor="white", fontname="DejaVu Sans", nodesep=0.3, ranksep=%s, pad=0.15];
    node [fontname="DejaVu Sans", fontsize=13, fontcolor="#1f2328", margin="0.14,0.07", height=0.4];
    edge [fontname="DejaVu Sans", fontsize=12, fontcolor="#1f2328", color="#59636e", arrowsize=0.7];
`

// The nodes: states are round, what is done is not.
const (
	stateStyle  = `shape=box, style="rounded,filled", fillcolor="#ddf4ff", color="#0969da", class="state"`
	hereStyle   = `shape=box, style="rounded,filled", fillcolor="#b6e3ff", color="#0969da", penwidth=2, class="state here"`
	actionStyle = `shape=box, style="filled", fillcolor="#f6f8fa", color="#818b98", class="action"`
	noteStyle   = `shape=box, style="rounded,dashed,filled", fillcolor="white", color="#818b98", class="note"`
	beginStyle  = `shape=circle, style="filled", fillcolor="#59636e", color="#59636e", label=" ", width=0.14, height=0.14, fixedsize=true, class="begin"`
)

// canvas is a picture in the making.
type canvas struct {
	bytes.Buffer
	desc []string
}

func (d *canvas) picture(title string) Picture {
	d.WriteString("}\n")
	return Picture{title, strings.Join(d.desc, " "), d.Bytes()}
}

func (d *canvas) begin(name, direction string) {
	gap := "0.45"
	if direction == "LR" {
		gap = "0.3"
	}
	fmt.Fprintf(d, "digraph %s {\n"+dotHead, dotQuote(name), direction, gap)
}

func (d *canvas) say(format string, args ...any) {
	d.desc = append(d.desc, fmt.Sprintf(format, args...))
}

// dotQuote writes a text of Graphviz's language.
func dotQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
}

// dotText writes text inside a label that is HTML, as Graphviz understands it.
func dotText(s string) string { return html.EscapeString(s) }

// StateDiagram draws the state machine of a class: all of it, or what happens in one state if that is not empty.
func StateDiagram(c *Class, state string) (Picture, error) {
	if len(c.States) == 0 {
		return Picture{}, c.errorf("the model has no <state>, so there is no diagram of them")
	}
	if state == "" {
		return wholeDiagram(c), nil
	}
	s := c.State(state)
	if s == nil {
		return Picture{}, c.errorf("the model has no state %q to draw", state)
	}
	return stateDiagram(c, s), nil
}

// wholeDiagram draws each state once, and all events that lead from one to another as one arrow.
func wholeDiagram(c *Class) Picture {
	d := &canvas{}
	d.begin(c.Name, "TB")
	fmt.Fprintf(d, "    begin [%s];\n", beginStyle)
	for _, s := range c.States {
		style := stateStyle
		label := s.Name
		if s.Name == Defaults {
			style, label = noteStyle, "any state"
		}
		fmt.Fprintf(d, "    %s [label=%s, %s];\n", stateNode(s.Name), dotQuote(label), style)
	}
	fmt.Fprintf(d, "    begin -> %s;\n", stateNode(c.States[0].Name))
	d.say("The machine begins in the state %s.", c.States[0].Name)
	for _, s := range c.States {
		var order []string
		labels := map[string][]string{}
		for _, e := range s.Events {
			to := target(s, e)
			if labels[to] == nil {
				order = append(order, to)
			}
			labels[to] = append(labels[to], eventLabel(e))
			d.sayEvent(s, e)
		}
		for _, to := range order {
			fmt.Fprintf(d, "    %s -> %s [label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"2\">", stateNode(s.Name), to)
			for _, l := range labels[to] {
				fmt.Fprintf(d, "<tr><td align=\"left\" balign=\"left\">%s</td></tr>", l)
			}
			d.WriteString("</table>>];\n")
		}
		if s.Inherit != "" {
			fmt.Fprintf(d, "    %s -> %s [style=dashed, arrowhead=empty, label=\"else as\"];\n", stateNode(s.Name), stateNode(s.Inherit))
			d.say("What it does not name is as in %s.", s.Inherit)
		}
	}
	if slices.ContainsFunc(c.States, func(s *State) bool { return slices.ContainsFunc(s.Events, (*Event).ends) }) {
		fmt.Fprintf(d, "    end [shape=doublecircle, style=filled, fillcolor=\"#59636e\", color=\"#59636e\", label=\" \", width=0.12, height=0.12, fixedsize=true, class=\"begin\"];\n")
	}
	return d.picture("States of " + c.Name)
}

// stateDiagram draws what happens in a state from left to right: the event, what is done, the next state.
func stateDiagram(c *Class, s *State) Picture {
	d := &canvas{}
	d.begin(s.Name, "LR")
	fmt.Fprintf(d, "    here [label=%s, %s];\n", dotQuote(s.Name), hereStyle)
	next := map[string]bool{}
	for i, e := range c.EventsOf(s) {
		d.sayEvent(s, e)
		to := target(s, e)
		if !next[to] {
			next[to] = true
			if to == "end" {
				fmt.Fprintf(d, "    end [label=\"the end\", %s];\n", noteStyle)
			} else {
				label := e.Next
				if label == "" {
					label = s.Name
				}
				fmt.Fprintf(d, "    %s [label=%s, %s];\n", to, dotQuote(label), stateStyle)
			}
		}
		fmt.Fprintf(d, "    on%d [label=<<b>%s</b>>, shape=plaintext, margin=\"0.06,0.03\", width=0, height=0, class=\"event\"];\n", i, dotText(eventName(e)))
		fmt.Fprintf(d, "    here -> on%d [arrowhead=none];\n", i)
		at := fmt.Sprintf("on%d", i)
		if actions := actionList(e); actions != "" {
			fmt.Fprintf(d, "    do%d [label=%s, %s];\n", i, strings.ReplaceAll(dotQuote(actions), ", ", `\n`), actionStyle)
			fmt.Fprintf(d, "    on%d -> do%d;\n", i, i)
			at = fmt.Sprintf("do%d", i)
		}
		fmt.Fprintf(d, "    %s -> %s;\n", at, to)
	}
	return d.picture("The state " + s.Name + " of " + c.Name)
}

func stateNode(name string) string { return dotQuote("state " + name) }

// target is the node that an event leads to.
func target(s *State, e *Event) string {
	switch {
	case e.ends():
		return "end"
	case e.Next == "":
		return stateNode(s.Name)
	}
	return stateNode(e.Next)
}

func eventName(e *Event) string {
	if e.Name == Any {
		return "any other"
	}
	return e.Name
}

func eventLabel(e *Event) string {
	label := "<b>" + dotText(eventName(e)) + "</b>"
	if actions := actionList(e); actions != "" {
		label += "<br/>" + strings.ReplaceAll(dotText(actions), ", ", "<br/>")
	}
	return label
}

func (d *canvas) sayEvent(s *State, e *Event) {
	where := "In " + s.Name
	if s.Name == Defaults {
		where = "In any state"
	}
	text := fmt.Sprintf("%s, on %s:", where, eventName(e))
	if actions := actionList(e); actions != "" {
		text += " " + actions + ";"
	}
	switch {
	case e.ends():
		text += " it ends."
	case e.Next == "":
		text += " it stays there."
	default:
		text += " next is " + e.Next + "."
	}
	d.say("%s", text)
}
