package zproto

import (
	"bytes"
	"fmt"
	"strings"
)

// StateTables gives the state machine of a class as Markdown: a table of events for each state, then what the actions do and
// what the application can call.
func StateTables(c *Class) ([]byte, error) {
	if len(c.States) == 0 {
		return nil, c.errorf("the model has no <state>, so there is no table of states")
	}
	var b bytes.Buffer
	for i, s := range c.States {
		if i > 0 {
			b.WriteByte('\n')
		}
		intro := "**" + s.Name + "**."
		switch {
		case s.Name == Defaults:
			intro = "**In every state**, where nothing else is said."
		case i == 0:
			intro = "**" + s.Name + "**, where it begins."
		}
		if s.Doc != "" {
			intro += " " + md(s.Doc)
		}
		if s.Inherit != "" {
			intro += " What the table does not name is as in *" + s.Inherit + "*."
		}
		b.WriteString(intro + "\n")
		if len(s.Events) == 0 {
			continue
		}
		b.WriteString("\n| Event | Actions | Next state |\n" + rule(3, false))
		for _, e := range s.Events {
			name := md(e.Name)
			if e.Name == Any {
				name = "any other message"
			}
			if e.Doc != "" {
				name += ": " + md(e.Doc)
			}
			next := e.Next
			if next == "" {
				next = "the same"
			}
			if e.ends() {
				next = "none: it ends"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, actionList(e), next)
		}
	}
	documented(&b, c)
	return b.Bytes(), nil
}

// documented writes what the model says of its actions and methods.
func documented(b *bytes.Buffer, c *Class) {
	intro := "\nThe actions:\n\n"
	for _, a := range c.Actions {
		if a.Doc != "" {
			fmt.Fprintf(b, "%s- %s: %s\n", intro, a.Name, md(a.Doc))
			intro = ""
		}
	}
	intro = "\nWhat the application can call, each an event of that name:\n\n"
	for _, m := range c.Methods {
		var args []string
		for _, a := range m.Arguments {
			args = append(args, a.Name+" "+a.Type)
		}
		fmt.Fprintf(b, "%s- %s (%s): %s\n", intro, m.Name, strings.Join(args, ", "), md(m.Doc))
		intro = ""
	}
}

// ends tells whether the machine ends with the event.
func (e *Event) ends() bool {
	for _, a := range e.Actions {
		if a.Name == TerminateAction {
			return true
		}
	}
	return false
}

func actionList(e *Event) string {
	var list []string
	for _, a := range e.Actions {
		switch a.Name {
		case SendAction:
			list = append(list, "send "+a.Message)
		case TerminateAction:
		default:
			list = append(list, a.Name)
		}
	}
	return strings.Join(list, ", ")
}
