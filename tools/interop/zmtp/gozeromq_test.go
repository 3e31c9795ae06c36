package zmtp

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/plain"
)

// goZeroMQEnv is set when this binary is to be a socket of go-zeromq. It is a program of its own because go-zeromq leaves
// goroutines behind, and ends its process when it is sent nonsense.
const goZeroMQEnv = "GOZYRE_INTEROP_GOZEROMQ"

// goZeroMQ is used as peers/pyzmq.py is. It knows neither CURVE nor heartbeats, admits every password, and tells of
// connections only that it was REFUSED.
type goZeroMQ struct {
	socket zmq4.Socket
	mu     sync.Mutex // of standard output
}

func runGoZeroMQ(args []string) int {
	options := map[string]string{}
	for i := 3; i+1 < len(args); i += 2 {
		options[args[i]] = args[i+1]
	}
	var p goZeroMQ
	if err := p.open(args[0], options); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if topic, ok := options["subscribe"]; ok {
		if err := p.socket.SetOption(zmq4.OptionSubscribe, topic); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
	}
	endpoint := args[2]
	if args[1] == "bind" {
		if err := p.socket.Listen(strings.Replace(endpoint, ":*", ":0", 1)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		endpoint = "tcp://" + p.socket.Addr().String()
	}
	p.tell(event{Type: "READY", Addr: endpoint, Text: "go-zeromq"})
	if args[1] == "connect" {
		if err := p.socket.Dial(endpoint); err != nil {
			p.tell(event{Type: "REFUSED", Text: err.Error()})
		}
	}
	if args[0] != "PUB" {
		_, echo := options["echo"]
		go p.take(echo)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		words := strings.Split(lines.Text(), "\t")
		if err := p.do(words[0], words[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return 0 // the system closes the socket
}

func (p *goZeroMQ) open(kind string, options map[string]string) error {
	retries := []zmq4.Option{zmq4.WithDialerRetry(50 * time.Millisecond), zmq4.WithAutomaticReconnect(true)}
	if identity, ok := options["identity"]; ok {
		retries = append(retries, zmq4.WithID(zmq4.SocketIdentity(identity)))
	}
	if _, server := options["accept"]; server || options["username"] != "" {
		retries = append(retries, zmq4.WithSecurity(plain.Security(options["username"], options["password"])))
	}
	kinds := map[string]func(context.Context, ...zmq4.Option) zmq4.Socket{
		"DEALER": zmq4.NewDealer, "ROUTER": zmq4.NewRouter, "PUB": zmq4.NewPub, "SUB": zmq4.NewSub,
	}
	if kinds[kind] == nil {
		return fmt.Errorf("no kind of socket: %q", kind)
	}
	p.socket = kinds[kind](context.Background(), retries...)
	return nil
}

func (p *goZeroMQ) tell(e event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	json.NewEncoder(os.Stdout).Encode(e)
}

func (p *goZeroMQ) take(echo bool) {
	for {
		m, err := p.socket.Recv()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		if echo {
			err = p.socket.SendMulti(m)
		} else {
			e := event{Type: "MESSAGE", Msg: []string{}}
			for _, f := range m.Frames {
				e.Msg = append(e.Msg, string(f))
			}
			p.tell(e)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
	}
}

func (p *goZeroMQ) do(command string, words []string) error {
	var frames [][]byte
	for _, w := range words {
		frames = append(frames, []byte(w))
	}
	switch command {
	case "send":
		return p.socket.SendMulti(zmq4.NewMsgFrom(frames...))
	case "flood":
		n, err := strconv.Atoi(words[0])
		for i := 1; i <= n && err == nil; i++ {
			err = p.socket.SendMulti(zmq4.NewMsgFrom(append(frames[1:len(frames):len(frames)], []byte(strconv.Itoa(i)))...))
		}
		return err
	}
	return fmt.Errorf("no command %q", command)
}
