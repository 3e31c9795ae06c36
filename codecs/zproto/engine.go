package zproto

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	gotoken "go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

// EngineOptions are what the Go file of an engine says beside its model.
type EngineOptions struct {
	Package   string // name of the package that the file belongs to
	Source    string // the model's file name, for the header; without a folder
	Codec     string // import path of the messages' codec; its last element is the package's name
	Transport string // of a selftest: import path of a package with a zsock.Transport called Transport; empty: no sockets are used
}

// engineFile is what the templates see: the model with Go names.
type engineFile struct {
	*Class
	EngineOptions
	Pkg     string // the codec's package name
	States  []*engineState
	Events  []engineName // internal ones
	Actions []engineName
	Methods []*engineMethod
	Args    []engineArg // of all methods, one of each name
	Sends   bool        // some event sends
	Rest    bool        // a message has frames behind the first
}

// engineName is something that the model names in words, with its name in Go.
type engineName struct{ Name, Go, Doc string }

type engineState struct {
	engineName
	Events []*engineEvent
}

type engineEvent struct {
	*Event
	Case  string // how Go writes the event
	Where string // where it comes from, unless from the state itself
	Here  string // the state, as Go writes it
	Next  string // the state that follows
	Steps []engineStep
}

// engineStep is an action as Go calls it.
type engineStep struct {
	Code  string
	Check bool // it may throw, and something follows that this stops
}

type engineMethod struct {
	engineName
	Args []engineArg
}

type engineArg struct{ Name, Go, Field, Type, Doc string }

var argumentTypes = map[string]string{"string": "string", "number": "uint64", "data": "[]byte", "dictionary": "map[string]string"}

// newEngineFile makes the view. handle is the name of the variable that actions get.
func newEngineFile(c *Class, opt EngineOptions, handle string) (*engineFile, error) {
	if !gotoken.IsIdentifier(opt.Package) {
		return nil, fmt.Errorf("%q is no name for a Go package", opt.Package)
	}
	if opt.Codec == "" || strings.ContainsAny(opt.Codec, "\"\\\n`") || !gotoken.IsIdentifier(path.Base(opt.Codec)) {
		return nil, fmt.Errorf("%q is no import path of a codec", opt.Codec)
	}
	v := &engineFile{Class: c, EngineOptions: opt, Pkg: path.Base(opt.Codec)}
	var errs []error
	claims := map[string]string{}
	// named gives a thing its name in Go, which no other of its kind may have.
	named := func(kind string, pos Pos, name, doc string) engineName {
		n := engineName{name, goWords(name), doc}
		what := kind + " " + strconv.Quote(name)
		if first, taken := claims[kind+n.Go]; taken {
			errs = append(errs, pos.errorf("%s would be called %s in Go, as %s is: rename one", what, n.Go, first))
		}
		claims[kind+n.Go] = what
		return n
	}
	docs := map[string]string{}
	for _, a := range c.Actions {
		docs[a.Name] = a.Doc
	}
	seen := map[string]bool{}
	for _, s := range c.States {
		if s.Name == Defaults {
			continue
		}
		state := &engineState{engineName: named("state", s.Pos, s.Name, s.Doc)}
		for _, e := range c.EventsOf(s) {
			state.Events = append(state.Events, v.event(s, e, handle))
		}
		v.States = append(v.States, state)
	}
	for _, s := range c.States {
		for _, e := range s.Events {
			if !e.External() && !seen[e.Name] {
				seen[e.Name] = true
				v.Events = append(v.Events, named("event", e.Pos, e.Name, ""))
			}
			for _, a := range e.Actions {
				v.Sends = v.Sends || a.Name == SendAction
				if !a.BuiltIn() && !seen["action "+a.Name] {
					seen["action "+a.Name] = true
					v.Actions = append(v.Actions, named("action", a.Pos, a.Name, docs[a.Name]))
				}
			}
		}
	}
	for _, m := range c.Messages {
		v.Rest = v.Rest || slices.ContainsFunc(m.Fields, func(f *Field) bool { return f.Type.OwnFrame() })
	}
	for _, name := range []string{"Message", "Event", "Call", "Abandon", "Tick", "Deadline", "Close", "Stats", "Run", "Do", "Awake", "Client", "Connection"} {
		claims["method"+name] = "a method of every client"
	}
	for _, m := range c.Methods {
		method := &engineMethod{engineName: named("method", m.Pos, m.Name, m.Doc)}
		for _, a := range m.Arguments {
			arg := engineArg{a.Name, goArgument(a.Name), goWords(a.Name), argumentTypes[a.Type], a.Doc}
			method.Args = append(method.Args, arg)
			if !slices.ContainsFunc(v.Args, func(other engineArg) bool { return other.Name == a.Name }) {
				named("argument", a.Pos, a.Name, "")
				v.Args = append(v.Args, arg)
			}
		}
		v.Methods = append(v.Methods, method)
	}
	return v, errors.Join(errs...)
}

// event writes an event of a state in Go.
func (v *engineFile) event(s *State, e *Event, handle string) *engineEvent {
	g := &engineEvent{Event: e, Case: strconv.Quote(e.Name), Here: stateConst(s.Name), Next: stateConst(s.Name)}
	if !e.External() {
		g.Case = "Event" + goWords(e.Name)
	}
	if e.Next != "" {
		g.Next = stateConst(e.Next)
	}
	for _, origin := range v.Class.States {
		if origin != s && slices.Contains(origin.Events, e) {
			g.Where = "as in the state " + strconv.Quote(origin.Name)
			if origin.Name == Defaults {
				g.Where = "as in every state"
			}
		}
	}
	for i, a := range e.Actions {
		step := engineStep{}
		switch a.Name {
		case SendAction:
			step.Code = "send(" + v.Pkg + ".ID" + goName(a.Message) + ")"
		case TerminateAction:
			step.Code = "Terminate()"
		default:
			step = engineStep{"actions." + goWords(a.Name) + "(" + handle + ")", i < len(e.Actions)-1}
		}
		g.Steps = append(g.Steps, step)
	}
	return g
}

// Any is the event "*" of a state, or nil.
func (s *engineState) Any() *engineEvent {
	for _, e := range s.Events {
		if e.Name == Any {
			return e
		}
	}
	return nil
}

// Named are the other events of a state.
func (s *engineState) Named() []*engineEvent {
	return slices.DeleteFunc(slices.Clone(s.Events), func(e *engineEvent) bool { return e.Name == Any })
}

func stateConst(name string) string { return "state" + goWords(name) }

// goWords makes an exported Go name out of words: "check credentials" is CheckCredentials.
func goWords(s string) string { return goName(strings.ReplaceAll(s, " ", "-")) }

// goArgument makes a parameter's name: "login name" is loginName.
func goArgument(s string) string {
	n := goWords(s)
	small := 0
	for small < len(n) && n[small] >= 'A' && n[small] <= 'Z' {
		small++
	}
	if small > 1 && small < len(n) { // of an initialism, the next word's capital stays
		small--
	}
	n = strings.ToLower(n[:small]) + n[small:]
	switch n {
	case "now", "ctx", "call", "c", "e", "machine", "time", "context", "string", "uint64", "byte", "error": // what generated methods use
		return n + "_"
	}
	if gotoken.IsKeyword(n) {
		return n + "_"
	}
	return n
}

// execute runs a template and formats what it makes.
func (v *engineFile) execute(t *template.Template) ([]byte, error) {
	var out bytes.Buffer
	if err := t.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("the template %s failed: %w", t.Name(), err)
	}
	src, err := format.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("the template %s made something that is not Go: %w", t.Name(), err)
	}
	return src, nil
}
