package zproto

import (
	_ "embed"
	"fmt"
	"text/template"
)

//go:embed client.tmpl
var clientTemplate string

var client = template.Must(template.Must(engineTemplates.Clone()).New("client").Parse(clientTemplate))

// ClientEngine gives the source of a client's engine, formatted: one state machine over package machine, the methods of the model as
// inputs to it and as calls that block, and the interface of the actions that are to be written by hand. Errors are those of
// names that come out the same in Go.
func ClientEngine(c *Class, opt EngineOptions) ([]byte, error) {
	if c.Engine != Client {
		return nil, fmt.Errorf("%s: the model is not of a client: it needs <class engine=\"client\"> and states", c.Name)
	}
	v, err := newEngineFile(c, opt, "h")
	if err != nil {
		return nil, err
	}
	return v.execute(client)
}
