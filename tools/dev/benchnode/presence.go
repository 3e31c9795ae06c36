package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// Who measures presence starts parts: processes that have some of the nodes of a network each, ours or a rival's, and
// that answer questions.

// ground are the flags of what measures presence.
type ground struct {
	carrier
	Port    uint16   `required:"" help:"UDP port of discovery."`
	Program []string `sep:" " placeholder:"COMMAND" help:"The program whose parts are measured, in place of this one."`
}

// partFlags are those of a part, ours or a rival's.
type partFlags struct {
	Port      uint16
	First     int    // number of its first node
	Nodes     int    // how many nodes it has
	All       int    // how many there are in all
	Interface string // that they are on, and its address
	Addr      string
	Seed      string // where the first of all nodes is, for who cannot find it
	Tell      bool   // each coming and going as it happens
}

// question is what a part is asked.
type question string

const (
	askBegin question = "begin" // start the nodes; the answer comes when they know all others
	askUse   question = "use"   // what was used so far
	askCost  question = "cost"  // that, and what is left when all that nobody needs has been given back
)

// news is what a part says.
type news struct {
	Type  string         `json:"type"` // know, ENTER, EXIT, or the question that it answers
	Node  int            `json:"node,omitempty"`
	Peer  string         `json:"peer,omitempty"` // by name
	At    time.Time      `json:"at,omitzero"`
	Exits map[string]int `json:"exits,omitempty"` // by cause, so far

	Processor   time.Duration `json:"processor,omitempty"` // used so far
	Memory      float64       `json:"memory,omitempty"`    // octets
	Network     float64       `json:"network,omitempty"`   // octets sent on all interfaces of the machine so far
	Descriptors int           `json:"descriptors,omitempty"`
}

// nodeName is a node's by its number.
func nodeName(n int) string { return fmt.Sprintf("n%d", n) }

// part starts a part, on a host of a laboratory or here.
func (g ground) part(on *netlab.Host, f partFlags) (*other, error) {
	if f.Addr == "" {
		f.Addr, f.Interface = "127.0.0.1", "lo"
	}
	if f.Seed == "" {
		f.Seed = f.Addr
	}
	args := []string{"presence-part", fmt.Sprintf("--port=%d", g.Port), fmt.Sprintf("--first=%d", f.First), fmt.Sprintf("--nodes=%d", f.Nodes),
		fmt.Sprintf("--all=%d", f.All), "--interface=" + f.Interface, "--addr=" + f.Addr, fmt.Sprintf("--seed=%s:%d", f.Seed, g.Port), fmt.Sprintf("--tell=%t", f.Tell)}
	program := g.Program
	if len(program) == 0 {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		program = []string{self}
		args = append(args, "--transport="+g.Transport)
	}
	args = append(program[1:len(program):len(program)], args...)
	if on != nil {
		return startCommand(on.Command(context.Background(), program[0], args...))
	}
	return startCommand(exec.Command(program[0], args...))
}

// ask puts a question to a part and returns the answer. What the part tells of comings and goings meanwhile is dropped.
func (q question) ask(p *other) (news, error) {
	if err := p.say(q); err != nil {
		return news{}, err
	}
	return hear(p, string(q))
}

// hear reads until the part says something of that type.
func hear(p *other, wanted string) (n news, err error) {
	for n.Type != wanted {
		n = news{}
		if err := p.hear(&n); err != nil {
			return n, err
		}
	}
	return n, nil
}
