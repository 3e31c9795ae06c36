package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/zeromq/gozyre/libzyre"
)

// serve runs nodes that answer.
type serve struct {
	network
	Nodes int  `default:"1" help:"How many."`
	Echo  bool `help:"Send every whisper back. Else only the last is answered."`

	Collect bool `help:"Offer a collector of records."`
	Stir    int  `placeholder:"N" help:"Join or leave a group so often a second."`
}

func (s *serve) Run() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cfg := s.config()
	if s.Collect {
		stop, err := s.collect(&cfg)
		if err != nil {
			return err
		}
		defer stop()
	}
	for range s.Nodes {
		node, err := zyre.Start(ctx, cfg)
		if err != nil {
			return err
		}
		defer node.Close()
		if err := node.Join(group); err != nil {
			return err
		}
		go s.answer(node)
		if s.Stir > 0 {
			go stir(ctx, node, s.Stir)
		}
	}
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// answer reads a node's events until its end.
func (s *serve) answer(node *zyre.Node) {
	for e := range node.Events() {
		var err error
		switch {
		case e.Type == zyre.Enter:
			err = node.Whisper(e.Peer, []byte(greeting))
		case (e.Type == zyre.Whisper || e.Type == zyre.Shout) && len(e.Msg) == 1 && string(e.Msg[0]) == last:
			err = node.Whisper(e.Peer, []byte(thanks))
		case e.Type == zyre.Whisper && s.Echo:
			err = node.Whisper(e.Peer, e.Msg...)
		}
		if err != nil {
			// The peer may have left meanwhile: who misses an answer says so.
			fmt.Fprintln(os.Stderr, "benchnode: serve:", err)
		}
	}
}
