package zproto

import (
	_ "embed"
	"fmt"
	"strconv"
	"text/template"
)

//go:embed engine.tmpl
var engineTemplate string

//go:embed server.tmpl
var serverTemplate string

// engineTemplates holds what the engines have in common.
var engineTemplates = template.Must(template.New("engine").Funcs(template.FuncMap{
	"args":    templateArgs,
	"comment": comment,
	"quote":   strconv.Quote,
}).Parse(engineTemplate))

var server = template.Must(template.Must(engineTemplates.Clone()).New("server").Parse(serverTemplate))

// ServerEngine gives the source of a server's engine, formatted: a state machine for each client over package machine, and
// the interface of the actions that are to be written by hand. Errors are those of names that come out the same in Go.
func ServerEngine(c *Class, opt EngineOptions) ([]byte, error) {
	if c.Engine != Server {
		return nil, fmt.Errorf("%s: the model is not of a server: it needs <class engine=\"server\"> and states", c.Name)
	}
	v, err := newEngineFile(c, opt, "c")
	if err != nil {
		return nil, err
	}
	return v.execute(server)
}
