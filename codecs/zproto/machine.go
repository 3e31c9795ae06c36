package zproto

import "strings"

// State is a state of a machine, and what happens in it.
type State struct {
	Pos
	Name    string   // words: "expect reply"
	Inherit string   // the state whose events count here too, behind the own ones; or empty
	Doc     string   // the model's own words
	Events  []*Event // in the order of the file

	inheritAt Pos
}

// Event is what may happen in a state. Its actions are done in order, then the state changes.
type Event struct {
	Pos
	Name    string    // a message in capitals, or an internal event in small letters, or "*": any message not named
	Next    string    // the state that follows; empty: the same
	Doc     string    // the model's own words
	Actions []*Action // in the order in which they are done

	nextAt Pos
}

// Any is the name of the event that stands for every message that nothing else names.
const Any = "*"

// Defaults is the name of the state whose events count in all states, behind everything else.
const Defaults = "defaults"

// External tells whether the event is a message from the peer.
func (e *Event) External() bool { return e.Name == Any || isUpper(e.Name) }

func isUpper(s string) bool { return strings.ToUpper(s) == s && strings.ToLower(s) != s }

// Action is something to do: built in if it is called "send" or "terminate", else written by hand.
type Action struct {
	Pos
	Name    string // words: "check credentials"
	Message string // of send: the name of the message
	Doc     string // the model's own words

	messageAt Pos
}

// The actions that the engine does itself.
const (
	SendAction      = "send"      // sends the action's message, when the actions of the event are done
	TerminateAction = "terminate" // ends the machine, when the actions of the event are done
)

// BuiltIn tells whether the engine does the action itself.
func (a *Action) BuiltIn() bool { return a.Name == SendAction || a.Name == TerminateAction }

// Method is a call that the application makes to a client's machine. It becomes the event of its name, and is
// answered by an action.
type Method struct {
	Pos
	Name      string      // words: "subscribe"
	Doc       string      // the model's own words
	Arguments []*Argument // in their order
}

// Argument is a value that the application gives with a call.
type Argument struct {
	Pos
	Name string // words: "window size"
	Type string // "string", "number", "data" or "dictionary"
	Doc  string // the model's own words
}

// Step of a selftest sends a message, or waits for one, or both in this order. A step that only waits waits for
// what comes by itself.
type Step struct {
	Pos
	Send string // name of a message; or empty
	Body string // what its first field that takes text or data holds
	Recv string // name of a message; or empty

	sendAt, bodyAt, recvAt Pos
}

// State gives the state of that name, or nil.
func (c *Class) State(name string) *State {
	for _, s := range c.States {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// EventsOf lists all events that mean something in a state, in the order in which the engine looks for
// them: of two with one name only the first counts. It is its own events, those that it inherits, those of
// the state "defaults"; and in all of them "*" comes after every named one.
func (c *Class) EventsOf(s *State) []*Event {
	var named, any []*Event
	seen := map[string]bool{}
	add := func(s *State) {
		for _, e := range s.Events {
			switch {
			case seen[e.Name]:
			case e.Name == Any:
				any = append(any, e)
			default:
				named = append(named, e)
			}
			seen[e.Name] = true
		}
	}
	visited := map[*State]bool{}
	for at := s; at != nil && !visited[at]; at = c.State(at.Inherit) {
		visited[at] = true
		add(at)
	}
	if d := c.State(Defaults); d != nil && !visited[d] {
		add(d)
	}
	return append(named, any...)
}
