// Command nomd is a server of NOM, the smallest protocol that needs a state machine. The messages are a model, and so is what the
// server does with them: nom_server.xml. The engine that is made of it calls what is written by hand, which is one function here.
//
//	go run ./tools/guide/nomd
//
// It lets in whoever says OHAI as Joe, and nobody else. What is wrong with it: anybody can claim to be Joe. See nomd/secure.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto server --codec github.com/zeromq/gozyre/codecs/nom nom_server.xml
//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto selftest --codec github.com/zeromq/gozyre/codecs/nom --transport github.com/zeromq/gozyre/codecs/zmtp nom_server.xml

// actions are those that the model leaves to us.
type actions struct{}

// CheckCredentials likes Joe.
func (actions) CheckCredentials(c *Client) {
	if string(c.Request.Name) == "Joe" {
		c.Raise(EventOK)
	} else {
		c.Raise(EventError)
	}
}

func main() {
	endpoint := flag.String("endpoint", "tcp://*:6000", "`where` to listen")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *endpoint); err != nil {
		fmt.Fprintln(os.Stderr, "nomd:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, endpoint string) error {
	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		return err
	}
	defer sockets.Close()
	engine := NewEngine(machine.Config{}, func() Actions { return actions{} })
	service, err := machine.Listen(sockets, zsock.ListenOptions{Endpoint: endpoint, MaxMessage: 64 << 10}, engine, nil)
	if err != nil {
		return err
	}
	fmt.Println("nomd: listening at", service.Endpoint())
	return service.Run(ctx)
}
