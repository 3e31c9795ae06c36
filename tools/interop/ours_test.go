package interop

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

	"github.com/zeromq/gozyre/libzyre"
)

// oursEnv holds an oursConfig when this binary is to be a peer.
const oursEnv = "GOZYRE_INTEROP_OURS"

type oursConfig struct {
	Name             string
	Headers          map[string]string
	Port             int
	Interfaces       []string
	Evasive, Expired time.Duration
	Peers            []string
	TCPPort          int
	Advertise        string
	AnyEndpoint      bool
	Transport        string // by name
	OffByOne         bool   // send JOIN with a status that is one too high
}

// runOurs is a node driven like the foreign peers: commands on standard input,
// events on standard output. Each command is answered by DONE or FAILED.
//
//	join GROUP | leave GROUP | whisper PEER [FRAME]... | shout GROUP [FRAME]...
//	flood PEER N | ping PEER | addr PEER HOST (waits until the peer is there) | quit
func runOurs(text string) int {
	var c oursConfig
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	cfg := zyre.Config{Name: c.Name, Headers: c.Headers, Port: uint16(c.Port), Interfaces: c.Interfaces,
		Evasive: c.Evasive, Expired: c.Expired,
		Peers: c.Peers, TCPPort: uint16(c.TCPPort), Advertise: c.Advertise, AnyEndpoint: c.AnyEndpoint}
	for _, t := range transports {
		if t.String() == c.Transport {
			cfg.Transport = t
		}
	}
	if c.OffByOne {
		cfg.Transport = offByOne{cfg.Transport}
	}
	node, err := zyre.Start(context.Background(), cfg)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var mu sync.Mutex
	out := json.NewEncoder(os.Stdout)
	tell := func(e event) {
		mu.Lock()
		defer mu.Unlock()
		out.Encode(e)
	}
	tell(event{Type: "READY", Peer: node.UUID().String(), Name: node.Name()})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for e := range node.Events() {
			tell(fromOurs(e))
		}
	}()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		words := strings.Split(lines.Text(), "\t")
		if words[0] == "quit" {
			break
		}
		if err := obey(node, words); err != nil {
			tell(event{Type: "FAILED", Text: words[0] + ": " + err.Error()})
		} else {
			tell(event{Type: "DONE", Text: words[0]})
		}
	}
	if err := node.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	<-ended
	return 0
}

func obey(node *zyre.Node, words []string) error {
	if len(words) < 2 {
		return fmt.Errorf("no argument")
	}
	var msg [][]byte
	for _, w := range words[2:] {
		msg = append(msg, []byte(w))
	}
	switch words[0] {
	case "join":
		return node.Join(words[1])
	case "leave":
		return node.Leave(words[1])
	case "shout":
		return node.Shout(words[1], msg...)
	}
	peer, err := zyre.ParseUUID(words[1])
	if err != nil {
		return err
	}
	switch words[0] {
	case "whisper":
		return node.Whisper(peer, msg...)
	case "flood":
		n, err := strconv.Atoi(words[2])
		for i := 0; i < n && err == nil; i++ {
			err = node.Whisper(peer, []byte(strconv.Itoa(i+1)))
		}
		return err
	case "ping":
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, err := node.Ping(ctx, peer)
		return err
	case "addr":
		return awaitAddr(node, peer, words[2])
	}
	return fmt.Errorf("no such command")
}

// awaitAddr returns once the peer is known to be at that host.
func awaitAddr(node *zyre.Node, id zyre.UUID, host string) error {
	late := time.After(patience)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		addr := "nowhere"
		for _, p := range node.Peers() {
			if p.UUID == id {
				addr = p.Addr
			}
		}
		if strings.HasPrefix(addr, "tcp://"+host+":") {
			return nil
		}
		select {
		case <-again.C:
		case <-late:
			return fmt.Errorf("the peer is at %s, not at %s", addr, host)
		}
	}
}

func fromOurs(e zyre.Event) event {
	out := event{Type: e.Type.String(), Peer: e.Peer.String(), Name: e.Name, Addr: e.Addr, Headers: e.Headers, Group: e.Group}
	if e.Cause != nil {
		out.Cause = e.Cause.Error()
	}
	if e.Type == zyre.Whisper || e.Type == zyre.Shout {
		out.Msg = []string{}
		for _, frame := range e.Msg {
			out.Msg = append(out.Msg, string(frame))
		}
	}
	return out
}
