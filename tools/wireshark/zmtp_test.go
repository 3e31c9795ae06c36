//go:build unix

package wireshark_test

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/codecs/zre1"
	"github.com/zeromq/gozyre/rfcs"
)

// TestConversations reads what two libzmq sockets say to each other, in large segments and in very small ones: each
// frame and each command is shown, with what it holds.
func TestConversations(t *testing.T) {
	for name, details := range map[string]map[string]string{
		"null":           {"zeromq.mechanism": "NULL", "zeromq.property.name": "Socket-Type", "zeromq.property.value": "DEALER"},
		"plain":          {"zeromq.mechanism": "PLAIN", "zeromq.username": "admin", "zeromq.password": "secret"},
		"plain-refused":  {"zeromq.reason": "400"},
		"null-pubsub":    {"zeromq.topic": hex.EncodeToString([]byte("weather"))},
		"null-heartbeat": {"zeromq.ttl": "300"},
		"curve":          {"zeromq.mechanism": "CURVE"},
		"curve-refused":  {"zeromq.reason": "400"},
	} {
		for _, size := range []int{1400, 11} {
			t.Run(fmt.Sprintf("%s in %d octets", name, size), func(t *testing.T) {
				t.Parallel()
				pcap, want := conversation(t, name, size)
				got := map[string][]string{}
				found := map[string][]string{}
				for _, p := range tshark(t, dissector(t), pcap) {
					if faults := p.faults(); len(faults) > 0 {
						t.Errorf("packet %s: %q", p.one("frame.number"), faults)
					}
					for _, f := range p.all("zeromq.") {
						found[f.Name] = append(found[f.Name], strings.ReplaceAll(f.Show, ":", ""))
						if f.Name == "zeromq.length" {
							got[p.one("tcp.srcport")] = append(got[p.one("tcp.srcport")], f.Show)
						}
					}
				}
				for port, lengths := range want {
					if !slices.Equal(got[port], lengths) {
						t.Errorf("%s says frames of %v octets, and not %v", port, got[port], lengths)
					}
				}
				for field, value := range details {
					if !slices.Contains(found[field], value) {
						t.Errorf("%s is %q, and never %q", field, found[field], value)
					}
				}
			})
		}
	}
}

// conversation gives the packets of a recorded conversation, and the lengths of the frames and commands of either side.
func conversation(t *testing.T, name string, size int) (pcap []byte, want map[string][]string) {
	t.Helper()
	data, err := fs.ReadFile(rfcs.Vectors(), "zmtp/"+name+".txt")
	if err != nil {
		t.Fatal(err)
	}
	c, w := newCapture(), connection(0)
	want = map[string][]string{}
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		who, what, _ := strings.Cut(strings.NewReplacer("<", " ", ">", " ", "|", " ").Replace(line), " ")
		kind, digits, _ := strings.Cut(what, " ")
		dir := w
		if who == "listener" {
			dir = w.back()
		}
		octets := octets(t, digits)
		if size < 100 && len(octets) > 10000 {
			continue // thousands of packets would show nothing else
		}
		switch kind {
		case "frame", "command":
			head := 2
			if octets[0]&2 != 0 {
				head = 9
			}
			port := fmt.Sprint(dir.from.Port())
			want[port] = append(want[port], fmt.Sprint(len(octets)-head))
		case "greeting":
		default:
			continue
		}
		c.tcp(dir, size, octets)
	}
	if len(want) == 0 {
		t.Fatal("there is no conversation in the file")
	}
	return c.data, want
}

// TestBeacons reads the vectors of beacons.
func TestBeacons(t *testing.T) {
	pcap, list := newCapture(), []vector{}
	for _, name := range []string{"zre-beacon-1", "zre-beacon-3", "no-message"} {
		data, err := fs.ReadFile(rfcs.Vectors(), "beacon/"+name+".txtar")
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, vectors(t, data)...)
	}
	list = slices.DeleteFunc(list, func(v vector) bool { return len(v.frames) == 0 })
	for i, v := range list {
		pcap.udp(connection(i), v.frames[0])
	}
	for i, p := range tshark(t, dissector(t), pcap.data) {
		v := list[i]
		var shown string
		for _, f := range p.all("zre-beacon.") {
			if f.Name != "zre-beacon.version" {
				shown += f.Value
			}
		}
		if v.fault != "" && shown != "" && len(p.faults()) == 0 {
			t.Errorf("%s: it is wrong, and shown as if it were not", v.name)
		}
		if want := hex.EncodeToString(v.frames[0]); v.fault == "" && (len(want) < 8 || shown != want[8:]) {
			t.Errorf("%s: shown is %s of %s", v.name, shown, want)
		}
	}
}

// TestTwoOfOneSignature: what the versions of a protocol have in common is shown as the one that the connection keeps to.
func TestTwoOfOneSignature(t *testing.T) {
	hello, err := (&zre1.Message{ID: zre1.IDHello, Sequence: 1, Ipaddress: []byte("10.0.0.1"), Mailbox: 50000}).Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	// As ZRE/1 it is a JOIN with the sequence 0x0207; as ZRE/2 it would be one to a group of 3 octets.
	join := []byte("\xaa\xa1\x04\x02\x07\x00\x03")
	if err := new(zre1.Message).Parse([][]byte{join}); err != nil {
		t.Fatal(err)
	}
	hello2, err := (&zre.Message{ID: zre.IDHello, Sequence: 1, Endpoint: []byte("tcp://10.0.0.1:50000"), Name: []byte("alice")}).Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	pcap := newCapture()
	for i, frame := range [][]byte{hello, hello2} {
		pcap.tcp(connection(i), 1400, slices.Concat(greeting, message(frame)))
		pcap.tcp(connection(i), 1400, message(join))
	}
	var got []string
	for _, p := range tshark(t, dissector(t), pcap.data) {
		for _, name := range []string{"zre", "zre1"} {
			if id := p.one(name + ".message.id"); id != "" {
				got = append(got, p.one("tcp.stream")+" "+name+" "+id)
			}
		}
		if faults := p.faults(); (len(faults) > 0) != (p.one("zre.message.id") == "4") {
			t.Errorf("packet %s: %q", p.one("frame.number"), faults)
		}
	}
	if want := []string{"0 zre1 1", "0 zre1 4", "1 zre 1", "1 zre 4"}; !slices.Equal(got, want) {
		t.Errorf("shown is %q, and not %q", got, want)
	}
}
