// Command secure is a server of secure NOM: nomd, for clients that show who they are by SASL. It knows two mechanisms, and would not
// change for a third: the model has challenges and responses, and package sasl what is in them.
//
//	go run ./tools/guide/nomd/secure -login joe:secret -login ann:geheim
//
// PLAIN is for the logins given, ANONYMOUS for everybody, unless -anonymous=false. What is wrong with it: PLAIN shows the
// password to whoever listens in. ZeroMQ's CURVE, below the protocol, hides all of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq/sasl"
)

//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto server --codec github.com/zeromq/gozyre/codecs/securenom secure_nom_server.xml
//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto selftest --codec github.com/zeromq/gozyre/codecs/securenom --transport github.com/zeromq/gozyre/codecs/zmtp secure_nom_server.xml

// actions are those that the model leaves to us, for one client.
type actions struct {
	server   *sasl.Server
	exchange *sasl.Exchange
}

// OfferMechanisms begins anew.
func (a *actions) OfferMechanisms(c *Client) {
	a.exchange = a.server.Start()
	a.challenge(c, nil)
}

// CheckResponse lets the mechanism decide.
func (a *actions) CheckResponse(c *Client) {
	challenge, who, err := a.exchange.Respond(string(c.Request.Mechanism), c.Request.Response)
	switch {
	case err != nil:
		c.Raise(EventError)
	case who != nil:
		c.Raise(EventOK)
	default:
		a.challenge(c, challenge)
		c.Raise(EventMore)
	}
}

// challenge fills in the next ORLY.
func (a *actions) challenge(c *Client, challenge []byte) {
	c.Reply.Mechanisms = []byte(strings.Join(a.server.Offer(), " "))
	c.Reply.Challenge = challenge
}

// logins are the values of -login.
type logins map[string]string

func (l logins) String() string { return "" }

func (l logins) Set(text string) error {
	login, password, ok := strings.Cut(text, ":")
	if !ok || login == "" {
		return errors.New("say NAME:PASSWORD")
	}
	l[login] = password
	return nil
}

func main() {
	known := logins{}
	endpoint := flag.String("endpoint", "tcp://*:6000", "`where` to listen")
	anonymous := flag.Bool("anonymous", true, "let everybody in who does not say who it is")
	flag.Var(known, "login", "`NAME:PASSWORD` of somebody who is let in; may be repeated")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *endpoint, *anonymous, known); err != nil {
		fmt.Fprintln(os.Stderr, "secure:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, endpoint string, anonymous bool, known logins) error {
	server, err := mechanisms(anonymous, known)
	if err != nil {
		return err
	}
	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		return err
	}
	defer sockets.Close()
	engine := NewEngine(machine.Config{}, func() Actions { return &actions{server: server} })
	service, err := machine.Listen(sockets, zsock.ListenOptions{Endpoint: endpoint, MaxMessage: 64 << 10}, engine, nil)
	if err != nil {
		return err
	}
	fmt.Println("secure: listening at", service.Endpoint())
	return service.Run(ctx)
}

// mechanisms is what the flags ask for.
func mechanisms(anonymous bool, known logins) (*sasl.Server, error) {
	var list []sasl.ServerMechanism
	if len(known) > 0 {
		list = append(list, sasl.PlainServer{Check: sasl.NewLogins(known).Check})
	}
	if anonymous {
		list = append(list, sasl.AnonymousServer{})
	}
	if len(list) == 0 {
		return nil, errors.New("nobody can be let in: say -login NAME:PASSWORD, or leave -anonymous on")
	}
	return sasl.NewServer(list...)
}
