package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// What a part that has a node with files is told, and what it says.
const (
	sharePublish = "publish" // the answer has the time before
	shareUse     = "use"     // the answer has the memory and the processor time

	shareKnow    = "know"    // all others are known
	shareDeliver = "DELIVER" // a file is here
	shareTrouble = "trouble" // Path says which
)

// shareTask is what a part shall do.
type shareTask struct {
	Do   string `json:"do"`
	Path string `json:"path,omitempty"`
	As   string `json:"as,omitempty"`
}

// shareNews is what a part says.
type shareNews struct {
	Type string    `json:"type"`
	Path string    `json:"path,omitempty"` // the file's name for everybody
	File string    `json:"file,omitempty"` // where it is
	At   time.Time `json:"at,omitzero"`

	Memory    float64       `json:"memory,omitempty"`    // the most there ever was, octets
	Processor time.Duration `json:"processor,omitempty"` // used so far
}

// sharePart has one node that publishes and fetches.
type sharePart struct {
	carrier
	Port  uint16
	Peers int    // how many others there are
	Dir   string // the node's own

	mu   sync.Mutex // of talk's saying
	talk talk
}

func (m *sharePart) Run() error {
	m.talk = parent()
	if err := os.MkdirAll(m.Dir, 0o777); err != nil {
		return err
	}
	node, err := zyre.Start(context.Background(), zyre.Config{
		Port: m.Port, Interfaces: []string{zyre.Loopback()}, Transport: m.transport(),
		Inbox: filepath.Join(m.Dir, "inbox"), Outbox: filepath.Join(m.Dir, "outbox"),
	})
	if err != nil {
		return err
	}
	go m.watch(node)
	for {
		var t shareTask
		switch err := m.talk.hear(&t); {
		case errors.Is(err, io.EOF):
			return nil // nothing is closed: the end of the process is quicker
		case err != nil:
			return err
		}
		if err := m.do(node, t); err != nil {
			return err
		}
	}
}

func (m *sharePart) do(node *zyre.Node, t shareTask) (err error) {
	n := shareNews{Type: t.Do, Path: t.As, At: time.Now()}
	if t.Do == sharePublish {
		err = node.Publish(t.Path, t.As)
	} else {
		n.Memory, err = peakMemory()
		if err == nil {
			n.Processor, err = processorTime()
		}
	}
	if err != nil {
		return err
	}
	return m.say(n)
}

// watch reads the node's events.
func (m *sharePart) watch(node *zyre.Node) {
	known := 0
	for e := range node.Events() {
		switch e.Type {
		case zyre.Enter:
			if known++; known == m.Peers {
				m.say(shareNews{Type: shareKnow})
			}
		case zyre.Deliver:
			m.say(shareNews{Type: shareDeliver, Path: e.Path, File: e.File, At: time.Now()})
		case zyre.Exit, zyre.Refused, zyre.Stop:
			m.say(shareNews{Type: shareTrouble, Path: e.String()})
		}
	}
}

func (m *sharePart) say(n shareNews) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.talk.say(n)
}
