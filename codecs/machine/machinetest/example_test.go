package machinetest_test

import (
	"errors"
	"testing"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/machine/machinetest"
)

// What a selftest of a model becomes: a client says OHAI, and the server has to say OHAI-OK.
func ExampleVirtual() {
	var t *testing.T           // of your own test
	var server *machine.Server // what the generated NewEngine returns
	machinetest.Virtual(t, server, machinetest.Conversation{
		Steps: []machinetest.Step{{Send: [][]byte{[]byte("OHAI"), []byte("Joe")}, Recv: "OHAI-OK"}},
		Name: func(frames [][]byte) (string, error) { // the codec's Parse, most of the time
			if len(frames) == 0 {
				return "", errors.New("no frame")
			}
			return string(frames[0]), nil
		},
	})
}
