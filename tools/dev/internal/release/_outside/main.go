// Outside is a program as a stranger writes it: it imports every module by its version, and
// does something real with each. What goes over a network stays on loopback.
package main

import (
	"context"
	"fmt"
	"io/fs"
	"log"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	_ "github.com/zeromq/gozyre/codecs/bench"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/codecs/zsock"
	fmq "github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/libfmq/sasl"
	zyre "github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/beacon"
	"github.com/zeromq/gozyre/libzyre/groups"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/rfcs"
	"github.com/zeromq/gozyre/zpl"
)

// transports are those that nodes talk over; libzmq.go adds another.
var transports = map[string]zsock.Transport{"zmtp": zmtp.Transport{}}

func main() {
	log.SetFlags(0)
	time.AfterFunc(time.Minute, func() { log.Fatal("something took longer than a minute") })

	text, err := fs.ReadFile(rfcs.Specifications(), "zre/README.md")
	ok("rfcs", err, len(text) > 0)

	var config struct {
		Name string `zpl:"name"`
	}
	err = zpl.Unmarshal([]byte("name = alice\n"), &config)
	ok("zpl", err, config.Name == "alice")

	var sent, got zre.Message
	sent = zre.Message{ID: zre.IDJoin, Group: []byte("CHAT")}
	frame, err := sent.Append(nil)
	check("codecs", err)
	ok("codecs", got.Parse([][]byte{frame}), string(got.Group) == "CHAT")

	var table groups.Table
	table.Join(groups.ID{1}, "CHAT")
	ok("libzyre/groups", nil, table.In(groups.ID{1}, "CHAT"))

	login()
	signal()
	peers()
	file()
	for name, transport := range transports {
		nodes(name, transport)
	}
}

func login() {
	server, err := sasl.NewServer(sasl.PlainServer{Check: sasl.NewLogins(map[string]string{"joe": "secret"}).Check})
	check("libfmq/sasl", err)
	client, err := sasl.NewClient(sasl.PlainClient{Login: "joe", Password: "secret"})
	check("libfmq/sasl", err)
	mechanism, response, err := client.Start().Answer(server.Offer(), nil)
	check("libfmq/sasl", err)
	_, who, err := server.Start().Respond(mechanism, response)
	ok("libfmq/sasl", err, who.Login == "joe")
}

func signal() {
	display, err := beacon.Listen(beacon.Config{Interfaces: []string{zyre.Loopback()}})
	check("libzyre/beacon", err)
	defer display.Close()
	sensor, err := beacon.Listen(beacon.Config{Interfaces: []string{zyre.Loopback()}, Port: display.Port()})
	check("libzyre/beacon", err)
	defer sensor.Close()
	check("libzyre/beacon", sensor.Publish([]byte("21.5 °C")))
	s := <-display.Signals()
	ok("libzyre/beacon", nil, string(s.Data) == "21.5 °C")
}

func peers() {
	listen := func(id harmony.ID) *harmony.Harmony {
		h, err := harmony.Listen(harmony.Config{ID: id, Transport: zmtp.Transport{}, Bind: netip.MustParseAddr("127.0.0.1")})
		check("libzyre/harmony", err)
		return h
	}
	alice, bob := listen(harmony.ID{1}), listen(harmony.ID{2})
	defer alice.Close()
	defer bob.Close()
	check("libzyre/harmony", alice.Connect(harmony.ID{2}, bob.Endpoint()))
	check("libzyre/harmony", alice.Send(harmony.ID{2}, [][]byte{[]byte("hello")}))
	for {
		<-bob.Ready()
		for _, e := range bob.Take(nil) {
			if e.Type == harmony.Message {
				ok("libzyre/harmony", nil, string(e.Frames[0]) == "hello")
				return
			}
		}
	}
}

func file() {
	dir, err := os.MkdirTemp("", "outside")
	check("libfmq", err)
	defer os.RemoveAll(dir)
	shared := filepath.Join(dir, "shared")
	check("libfmq", os.Mkdir(shared, 0o755))
	check("libfmq", os.WriteFile(filepath.Join(shared, "hello.txt"), []byte("hello"), 0o644))
	server, err := fmq.Listen(context.Background(), fmq.ServerConfig{
		Endpoint: "tcp://127.0.0.1:*", Publish: []fmq.Publish{{Dir: shared, As: "/"}},
	})
	check("libfmq", err)
	defer server.Close()
	client, err := fmq.Dial(context.Background(), fmq.ClientConfig{Servers: []string{server.Endpoint()}, Inbox: filepath.Join(dir, "inbox")})
	check("libfmq", err)
	defer client.Close()
	check("libfmq", client.Subscribe(context.Background(), "/", fmq.Subscription{Resync: true}))
	for e := range client.Events() {
		if e.Type == fmq.Deliver {
			text, err := os.ReadFile(e.File)
			ok("libfmq", err, string(text) == "hello")
			return
		}
	}
}

func nodes(name string, transport zsock.Transport) {
	free, err := beacon.Listen(beacon.Config{Interfaces: []string{zyre.Loopback()}})
	check("libzyre", err)
	config := zyre.Config{Port: free.Port(), Interfaces: []string{zyre.Loopback()}, Transport: transport}
	free.Close()
	start := func() *zyre.Node {
		node, err := zyre.Start(context.Background(), config)
		check("libzyre", err)
		return node
	}
	alice, bob := start(), start()
	defer alice.Close()
	defer bob.Close()
	for e := range alice.Events() {
		if e.Type == zyre.Enter {
			check("libzyre", alice.Whisper(e.Peer, []byte("hello")))
			break
		}
	}
	for e := range bob.Events() {
		if e.Type == zyre.Whisper {
			ok("libzyre over "+name, nil, string(e.Msg[0]) == "hello")
			return
		}
	}
}

// ok ends the program unless a module did what it was asked for.
func ok(module string, err error, right bool) {
	check(module, err)
	if !right {
		log.Fatalf("%s: it did something else than it was asked for", module)
	}
	fmt.Println(module)
}

func check(module string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", module, err)
	}
}
