package harmony_test

import (
	"fmt"
	"log"
	"net/netip"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/libzyre/harmony"
)

// Two peers greet each other; either could have begun.
func Example() {
	listen := func(id harmony.ID) *harmony.Harmony {
		h, err := harmony.Listen(harmony.Config{ID: id, Transport: zmtp.Transport{}, Bind: netip.MustParseAddr("127.0.0.1")})
		if err != nil {
			log.Fatal(err)
		}
		return h
	}
	alice, bob := harmony.ID{0xA1}, harmony.ID{0xB0}
	a, b := listen(alice), listen(bob)
	defer a.Close()
	defer b.Close()

	if err := a.Connect(bob, b.Endpoint()); err != nil {
		log.Fatal(err)
	}
	if err := a.Send(bob, [][]byte{[]byte("hello")}); err != nil {
		log.Fatal(err)
	}
	hear := func(h *harmony.Harmony) {
		for {
			<-h.Ready()
			for _, e := range h.Take(nil) {
				if e.Type == harmony.Message { // not the news of connections
					fmt.Printf("%X: %s\n", e.Peer[:1], e.Frames[0])
					return
				}
			}
		}
	}
	hear(b)

	// What comes in never tells where to answer: each side connects to the other's ROUTER.
	if err := b.Connect(alice, a.Endpoint()); err != nil {
		log.Fatal(err)
	}
	if err := b.Send(alice, [][]byte{[]byte("welcome")}); err != nil {
		log.Fatal(err)
	}
	hear(a)
	// Output:
	// A1: hello
	// B0: welcome
}
