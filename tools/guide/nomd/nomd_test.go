package main

import (
	"net"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/machine/machinetest"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/tools/guide/nomd/internal/programtest"
)

// The steps of the model, and a second heartbeat, with the program.
func TestProgram(t *testing.T) {
	c := selftestConversation(t)
	c.Steps = append(c.Steps, machinetest.Step{Recv: "HUGZ"})
	machinetest.Talk(t, zmtp.Transport{}, programtest.Start(t), c)
}

// Nothing that a client sends is answered, or does any harm, unless it is a message that the state knows.
func TestStrangers(t *testing.T) {
	endpoint := programtest.Start(t)
	address := strings.TrimPrefix(endpoint, "tcp://")
	for _, text := range []string{"", "GET / HTTP/1.1\r\n\r\n", "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x03", strings.Repeat("\xff", 1000)} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		conn.Write([]byte(text)) // the program may have hung up already
		conn.Close()
	}
	garbage := [][][]byte{
		frames(""), frames("", ""), frames("\xff\x00"), frames("ohai", "Joe"), frames("OHAI"), frames("OHAI", "Joe", "Joe"), frames("OHAI", "Jo\x00e"),
		frames("OHAI-OK"), frames("WTF"), frames("ICANHAZ", "more"), frames("ok"), frames("heartbeat"), frames("start"), frames(strings.Repeat("OHAI", 10_000), "Joe"),
		make([][]byte, 1000),
	}
	// Before it is let in a client may not ask for anything either.
	c := selftestConversation(t)
	steps := []machinetest.Step{{Send: frames("ICANHAZ")}, {Send: frames("HUGZ")}}
	for _, g := range garbage {
		steps = append(steps, machinetest.Step{Send: g})
	}
	steps = append(steps, c.Steps[:3]...)
	for _, g := range garbage {
		steps = append(steps, machinetest.Step{Send: g})
	}
	c.Steps = append(steps, c.Steps[2:]...)
	machinetest.Talk(t, zmtp.Transport{}, endpoint, c)
}

func frames(texts ...string) [][]byte {
	var list [][]byte
	for _, text := range texts {
		list = append(list, []byte(text))
	}
	return list
}
