package zproto

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"

	gotoken "go/token"
)

//go:embed selftest.tmpl
var selftestTemplate string

var selftest = template.Must(template.New("selftest").Funcs(template.FuncMap{"quote": strconv.Quote}).Parse(selftestTemplate))

// Selftest gives a Go test file that has the conversation of the model's selftest with its engine: in virtual time and, if the
// options name a transport, over sockets. The package must have a function selftestActions, which gives the hand-written part.
func Selftest(c *Class, opt EngineOptions) ([]byte, error) {
	if len(c.Selftest) == 0 {
		return nil, fmt.Errorf("%s: the model has no <selftest>", c.Name)
	}
	v, err := newEngineFile(c, opt, "c")
	if err != nil {
		return nil, err
	}
	if t := opt.Transport; t != "" && (strings.ContainsAny(t, "\"\\\n`") || !gotoken.IsIdentifier(path.Base(t))) {
		return nil, fmt.Errorf("%q is no import path of a transport", t)
	}
	return v.execute(selftest)
}

// Steps are the steps of the selftest in Go.
func (v *engineFile) Steps() []string {
	var list []string
	for _, s := range v.Selftest {
		var parts []string
		if s.Send != "" {
			m := v.Pkg + ".Message{ID: " + v.Pkg + ".ID" + goName(s.Send)
			if s.Body != "" {
				f := bodyField(v.Message(s.Send))
				value := "[]byte(" + strconv.Quote(s.Body) + ")"
				if f.Type == Msg {
					value = "[][]byte{" + value + "}"
				}
				m += ", " + goName(f.Name) + ": " + value
			}
			parts = append(parts, "Send: frames("+m+"})")
		}
		if s.Recv != "" {
			parts = append(parts, "Recv: "+strconv.Quote(s.Recv))
		}
		list = append(list, "{"+strings.Join(parts, ", ")+"}")
	}
	return list
}

// Unasked are the messages that the server may send by itself, because time passes.
func (v *engineFile) Unasked() []string {
	var list []string
	for _, s := range v.Class.States {
		for _, e := range s.Events {
			for _, a := range e.Actions {
				if e.Name == "heartbeat" && a.Name == SendAction && !slices.Contains(list, a.Message) {
					list = append(list, a.Message)
				}
			}
		}
	}
	return list
}

// TransportName is the package name of the transport.
func (v *engineFile) TransportName() string { return path.Base(v.Transport) }

// SendsInTest tells whether some step sends.
func (v *engineFile) SendsInTest() bool {
	return slices.ContainsFunc(v.Selftest, func(s *Step) bool { return s.Send != "" })
}
