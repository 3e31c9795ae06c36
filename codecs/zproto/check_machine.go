package zproto

import "strings"

// maxStates is more than anybody can read, and keeps the checks cheap.
const maxStates = 200

// checkMachine applies the rules of states, methods and selftest.
func (p *parser) checkMachine(c *Class) {
	k := machineCheck{p, c, map[string]*Message{}, map[string]*State{}, map[string]bool{}, map[string]bool{}}
	if !k.engine() {
		return
	}
	for _, m := range c.Messages {
		k.messages[m.Name] = m
		if !isUpper(m.Name) {
			k.errorf(m.Pos, "message %q becomes an event, so its name is all in capitals", m.Name)
		}
	}
	for _, s := range c.States {
		if first := k.states[s.Name]; first != nil {
			p.errorf(s.Pos, "there is a state %q already, in line %d", s.Name, first.Line)
			continue
		}
		k.states[s.Name] = s
	}
	for _, s := range c.States {
		k.state(s)
	}
	k.actions()
	k.methods()
	k.selftest()
	if len(p.errs) == 0 { // what can be reached is known only of a machine that hangs together
		k.reach()
	}
}

// ofEngine are the events that the engine itself raises (section 6.2 of the specification).
var ofEngine = map[string]bool{
	"heartbeat": true, "expired": true, "malformed": true, "up": true, "down": true, "failed": true, "writable": true,
}

type machineCheck struct {
	*parser
	class    *Class
	messages map[string]*Message
	states   map[string]*State // the first of each name
	events   map[string]bool   // names of all events
	used     map[string]bool   // names of all actions of events
}

// engine wants the class to say whose machine the states are, and says whether there is a machine to check.
func (k *machineCheck) engine() bool {
	c := k.class
	switch {
	case c.Engine == NoEngine:
		const want = "say whose machine this is: <class> needs engine=\"server\" or engine=\"client\""
		switch {
		case len(c.States) > 0:
			k.errorf(c.States[0].Pos, want)
		case len(c.Actions) > 0:
			k.errorf(c.Actions[0].Pos, want)
		case len(c.Methods) > 0:
			k.errorf(c.Methods[0].Pos, want)
		case len(c.Selftest) > 0:
			k.errorf(c.Selftest[0].Pos, want)
		}
		return false
	case !c.Named():
		k.errorf(c.Pos, "a machine has to know which message it got, and the wire does not tell: the header has no field \"id\"")
	case len(c.States) == 0:
		k.errorf(c.Pos, "a machine has a <state> at least")
	case len(c.States) > maxStates:
		k.errorf(c.States[maxStates].Pos, "a machine has at most %d states", maxStates)
	case c.States[0].Name == Defaults:
		k.errorf(c.States[0].Pos, "a machine begins in its first state, and \"defaults\" is none to be in: put another before it")
	default:
		return true
	}
	return false
}

func (k *machineCheck) state(s *State) {
	switch other := k.states[s.Inherit]; {
	case s.Inherit == "":
	case s.Name == Defaults:
		k.errorf(s.inheritAt, "\"defaults\" stands behind every state and inherits nothing itself")
	case s.Inherit == Defaults:
		k.errorf(s.inheritAt, "every state has the events of \"defaults\": it need not inherit them")
	case other == nil:
		k.errorf(s.inheritAt, "there is no state %q to inherit from", s.Inherit)
	default:
		k.loop(s)
	}
	if len(s.Events) == 0 && s.Inherit == "" && (k.states[Defaults] == nil || s.Name == Defaults) {
		k.errorf(s.Pos, "state %q has no event, so nothing would ever happen in it", s.Name)
	}
	seen := map[string]*Event{}
	for _, e := range s.Events {
		if first := seen[e.Name]; first != nil {
			k.errorf(e.Pos, "state %q has an event %q already, in line %d", s.Name, e.Name, first.Line)
		} else {
			seen[e.Name] = e
		}
		k.event(e)
	}
}

// loop finds a state that inherits from itself.
func (k *machineCheck) loop(s *State) {
	var way []string
	for at := k.states[s.Inherit]; at != nil && len(way) < len(k.states); at = k.states[at.Inherit] {
		if at == s {
			through := ""
			if len(way) > 0 {
				through = ", by way of " + strings.Join(way, ", ")
			}
			k.errorf(s.inheritAt, "state %q inherits from itself%s", s.Name, through)
			return
		}
		way = append(way, `"`+at.Name+`"`)
	}
}

func (k *machineCheck) event(e *Event) {
	k.events[e.Name] = true
	switch {
	case e.Name == Any:
	case e.External():
		if k.messages[e.Name] == nil {
			k.errorf(e.Pos, "event %q is a message, since it is in capitals, and there is no such message", e.Name)
		}
	case strings.ToLower(e.Name) != e.Name:
		k.errorf(e.Pos, "event %q is neither a message, all in capitals, nor an internal event, all in small letters", e.Name)
	}
	terminates := false
	for _, a := range e.Actions {
		k.used[a.Name] = true
		terminates = terminates || a.Name == TerminateAction
		if a.Name == SendAction && k.messages[a.Message] == nil {
			k.errorf(a.messageAt, "there is no message %q to send", a.Message)
		}
	}
	switch {
	case e.Next == "" && len(e.Actions) == 0:
		k.errorf(e.Pos, "event %q has no way on: it needs an action or a next state", e.Name)
	case e.Next == "":
	case terminates:
		k.errorf(e.nextAt, "event %q terminates the machine, so no state is next", e.Name)
	case e.Next == Defaults:
		k.errorf(e.nextAt, "\"defaults\" stands behind every state and is none to go to")
	case k.states[e.Next] == nil:
		k.errorf(e.nextAt, "there is no state %q to go to", e.Next)
	}
}

// actions wants each described action to be there once, and used.
func (k *machineCheck) actions() {
	seen := map[string]*Action{}
	for _, a := range k.class.Actions {
		first := seen[a.Name]
		switch {
		case a.BuiltIn():
			k.errorf(a.Pos, "the action %q is built in, there is nothing to say about it", a.Name)
		case first != nil:
			k.errorf(a.Pos, "the action %q is described already, in line %d", a.Name, first.Line)
		case !k.used[a.Name]:
			k.errorf(a.Pos, "no event has the action %q", a.Name)
		}
		if first == nil {
			seen[a.Name] = a
		}
	}
}

func (k *machineCheck) methods() {
	if len(k.class.Methods) > 0 && k.class.Engine == Server {
		k.errorf(k.class.Methods[0].Pos, "a server has no methods: the application calls a client")
		return
	}
	seen := map[string]*Method{}
	types := map[string]*Argument{}
	for _, m := range k.class.Methods {
		first := seen[m.Name]
		switch {
		case first != nil:
			k.errorf(m.Pos, "there is a method %q already, in line %d", m.Name, first.Line)
		case strings.ToLower(m.Name) != m.Name:
			k.errorf(m.Pos, "method %q becomes an internal event, so its name is in small letters", m.Name)
		case ofEngine[m.Name]:
			k.errorf(m.Pos, "the engine itself raises the event %q, so no method can have that name", m.Name)
		case !k.events[m.Name]:
			k.errorf(m.Pos, "no state has the event %q, so the method could never succeed", m.Name)
		}
		if first == nil {
			seen[m.Name] = m
		}
		k.arguments(m, types)
	}
}

func (k *machineCheck) arguments(m *Method, types map[string]*Argument) {
	seen := map[string]*Argument{}
	for _, a := range m.Arguments {
		if first := seen[a.Name]; first != nil {
			k.errorf(a.Pos, "method %q has an argument %q already, in line %d", m.Name, a.Name, first.Line)
			continue
		}
		seen[a.Name] = a
		if first := types[a.Name]; first == nil {
			types[a.Name] = a
		} else if first.Type != a.Type {
			k.errorf(a.Pos, "argument %q is a %s here and a %s in line %d: one name has one type in all methods",
				a.Name, a.Type, first.Type, first.Line)
		}
	}
}

func (k *machineCheck) selftest() {
	if len(k.class.Selftest) > 0 && k.class.Engine == Client {
		k.errorf(k.class.Selftest[0].Pos, "the steps of a selftest are those of a client: only a server has them")
		return
	}
	for _, s := range k.class.Selftest {
		if sent := k.messages[s.Send]; s.Send != "" && sent == nil {
			k.errorf(s.sendAt, "there is no message %q to send", s.Send)
		} else if s.Body != "" && bodyField(sent) == nil {
			k.errorf(s.bodyAt, "message %q has no field for a body: that would be a string, longstr, chunk, frame or msg", s.Send)
		}
		if s.Recv != "" && k.messages[s.Recv] == nil {
			k.errorf(s.recvAt, "there is no message %q to receive", s.Recv)
		}
	}
}

// bodyField is the field that the body of a step fills, or nil.
func bodyField(m *Message) *Field {
	if m == nil {
		return nil
	}
	for _, f := range m.Fields {
		switch f.Type {
		case String, LongStr, Chunk, Frame, Msg:
			if !f.Fixed {
				return f
			}
		}
	}
	return nil
}

// reach wants every state to be of use: reached from the first, or inherited by one that is.
func (k *machineCheck) reach() {
	c := k.class
	first := c.States[0]
	reached := map[string]bool{first.Name: true}
	for todo := []*State{first}; len(todo) > 0; todo = todo[1:] {
		for _, e := range c.EventsOf(todo[0]) {
			if e.Next != "" && !reached[e.Next] {
				reached[e.Next] = true
				todo = append(todo, k.states[e.Next])
			}
		}
	}
	useful := map[string]bool{Defaults: true}
	for _, s := range c.States {
		for at := s; reached[s.Name] && at != nil && !useful[at.Name]; at = k.states[at.Inherit] {
			useful[at.Name] = true
		}
	}
	for _, s := range c.States {
		if !useful[s.Name] {
			k.errorf(s.Pos, "state %q is never reached: no event leads there from %q", s.Name, first.Name)
		}
	}
}
