//go:build unix

package wireshark_test

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
	"github.com/zeromq/gozyre/rfcs"
)

var codecs = os.DirFS("../../codecs")

// greeting is that of ZMTP 3.1 with the mechanism NULL.
var greeting = append(append(append(append([]byte{0xff}, make([]byte, 8)...), 0x7f, 3, 1), "NULL"...), make([]byte, 48)...)

// message puts frames together as ZMTP does.
func message(frames ...[]byte) []byte {
	var out []byte
	for i, f := range frames {
		flags := byte(0)
		if i < len(frames)-1 {
			flags = 1
		}
		if len(f) > 255 {
			out = binary.BigEndian.AppendUint64(append(out, flags|2), uint64(len(f)))
		} else {
			out = append(out, flags, byte(len(f)))
		}
		out = append(out, f...)
	}
	return out
}

// dissector is what users copy.
func dissector(t *testing.T) []byte {
	t.Helper()
	lua, err := os.ReadFile("gozyre.lua")
	if err != nil {
		t.Fatal(err)
	}
	return lua
}

// TestVectors lets each model's dissector read all vectors of the model: it shows each field that a message has, and finds
// what is wrong with what is none. One half of the connections begins in the middle.
func TestVectors(t *testing.T) {
	for c, list := range models(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			lua, err := zproto.Lua([]*zproto.Class{c})
			if err != nil {
				t.Fatal(err)
			}
			read(t, lua, c, list)
		})
	}
}

// TestPeers does so with messages of other implementations, recorded.
func TestPeers(t *testing.T) {
	for name, model := range map[string]string{
		"zre/peers": "zre/zre_msg", "filemq/peers": "fmq/fmq_msg", "filemq/extensions": "fmq/fmq_msg",
	} {
		t.Run(name, func(t *testing.T) {
			data, err := fs.ReadFile(rfcs.Vectors(), name+".txtar")
			if err != nil {
				t.Fatal(err)
			}
			c, err := zproto.Load("../../codecs/" + model + ".xml")
			if err != nil {
				t.Fatal(err)
			}
			read(t, dissector(t), c, vectors(t, data))
		})
	}
}

// read lets a dissector read vectors of a class, each in a connection of its own.
func read(t *testing.T, lua []byte, c *zproto.Class, list []vector) {
	t.Helper()
	list = slices.DeleteFunc(slices.Clone(list), func(v vector) bool { return len(v.frames) == 0 })
	pcap := newCapture()
	for i, v := range list {
		w := connection(i)
		if i%2 == 0 || v.fault != "" {
			pcap.tcp(w, 1400, greeting)
		}
		pcap.tcp(w, 1400, message(v.frames...))
	}
	prefix := strings.ToLower(strings.TrimSuffix(c.Name, "_msg"))
	got := map[string]packet{}
	for _, p := range tshark(t, lua, pcap.data) {
		stream := p.one("tcp.stream")
		got[stream] = packet{append(got[stream].Protos, p.Protos...)}
	}
	for i, v := range list {
		p := got[itoa(i)]
		faults := p.faults()
		switch {
		case v.fault == "signature":
			if len(p.all(prefix)) > 0 || len(faults) > 0 || p.one("zeromq.length") == "" {
				t.Errorf("%s: it is shown, wrong as it is: %q", v.name, faults)
			}
		case v.fault != "":
			if len(faults) != 1 || !strings.Contains(faults[0], ": "+v.fault+": ") {
				t.Errorf("%s: it is wrong: %q, and the dissector says %q", v.name, v.fault, faults)
			}
		default:
			if want, shown := v.want(t, c, prefix), shown(c, p, prefix); len(faults) > 0 || !slices.Equal(shown, want) {
				t.Errorf("%s: faults %q,\n%.2000q and not\n%.2000q", v.name, faults, shown, want)
			}
			if id := p.one(prefix + ".message.id"); id != itoa(int(c.Message(v.message).ID)) {
				t.Errorf("%s: it is %s, and the dissector says %s", v.name, v.message, id)
			}
		}
	}
	t.Logf("%d vectors", len(list))
}

// shown lists the fields that the dissector shows and that are not always the same.
func shown(c *zproto.Class, p packet, prefix string) []string {
	fixed := map[string]bool{}
	for _, f := range c.Fields() {
		fixed[prefix+"."+strings.ToLower(f.Name)] = f.Fixed
	}
	var list []string
	for _, f := range p.all(prefix + ".") {
		if !fixed[f.Name] && !strings.HasPrefix(f.Name, prefix+".message.") {
			list = append(list, f.Name+" "+f.Value)
		}
	}
	return list
}

// TestGeneratedIsUpToDate compares what users copy with what the generator makes now.
func TestGeneratedIsUpToDate(t *testing.T) {
	var classes []*zproto.Class
	for _, name := range []string{"zre/zre", "zre1/zre1", "fmq/fmq", "fmq1/fmq1", "zrelog/zrelog"} {
		c, err := zproto.Load("../../codecs/" + name + "_msg.xml")
		if err != nil {
			t.Fatal(err)
		}
		classes = append(classes, c)
	}
	lua, err := zproto.Lua(classes)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(lua, dissector(t)) {
		t.Error("gozyre.lua is not what the models give now: run go generate")
	}
}
