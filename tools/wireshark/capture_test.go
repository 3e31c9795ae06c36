//go:build unix

package wireshark_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/netlab"
)

// asActors makes this program have the exchange, in a network of its own.
const asActors = "WIRESHARK_TEST_EXCHANGE"

func TestMain(m *testing.M) {
	if os.Getenv(asActors) != "" {
		if err := exchange(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// TestExchange captures what two nodes say to each other in a network of their own, and finds all of it in what tshark shows.
func TestExchange(t *testing.T) {
	pcap, ids := captured(t)
	said := map[string]int{} // what was said, and how often
	sequences := map[string][]string{}
	shouts := 0
	for _, p := range tshark(t, dissector(t), pcap) {
		number := p.one("frame.number")
		if faults := p.faults(); len(faults) > 0 {
			t.Errorf("packet %s: faults %q", number, faults)
		}
		if n := p.one("tcp.len"); n != "" && n != "0" && len(p.all("zeromq")) == 0 && p.one("tcp.segment_data") == "" && p.one("tcp.reassembled_in") == "" {
			t.Errorf("packet %s has %s octets of TCP that nobody has looked into", number, n)
		}
		for _, f := range p.Protos {
			one := packet{[]field{f}}
			switch f.Name {
			case "zre":
				key := p.one("tcp.stream")
				sequences[key] = append(sequences[key], one.one("zre.sequence"))
				what := "ZRE " + one.one("zre.message.id") + " " + one.one("zre.group")
				for _, c := range one.all("zre.content") {
					what += fmt.Sprintf(" %d:%.10s", len(c.Value)/2, c.Value)
				}
				said[what]++
				if strings.HasPrefix(what, "ZRE 3 ") {
					shouts++
				}
			case "zrelog":
				said["ZRELOG "+one.one("zrelog.level")+" "+one.one("zrelog.event")+" "+one.one("zrelog.data")]++
			case "fmq":
				said["FILEMQ "+one.one("fmq.message.id")+" "+one.one("fmq.filename")]++
			case "zeromq":
				said["ZMTP "+one.one("zeromq.mechanism")+one.one("zeromq.command")]++
			case "zre-beacon":
				said["BEACON "+strings.ToUpper(one.all("zre-beacon.uuid")[0].Value)]++
				if one.one("zre-beacon.port") == "0" {
					said["GOODBYE "+strings.ToUpper(one.all("zre-beacon.uuid")[0].Value)]++
				}
			}
		}
	}
	for _, what := range []string{
		"BEACON " + ids[0].String(), "BEACON " + ids[1].String(), "GOODBYE " + ids[0].String(), "GOODBYE " + ids[1].String(),
		"ZMTP NULL", "ZMTP READY", "ZRE 1 ", "ZRE 4 CHAT", "ZRE 5 CHAT",
		"ZRE 3 CHAT 3:6f6e65 0: 5:7468726565",
		fmt.Sprintf("ZRE 2  %d:7777777777", whispered),
		"ZRELOG 2 0 that was all", "ZRELOG 3 2 CHAT",
		"FILEMQ 1 ", "FILEMQ 4 ", "FILEMQ 5 ", "FILEMQ 6 ", "FILEMQ 7 ",
	} {
		if said[what] == 0 {
			t.Errorf("tshark has not shown %q", what)
		}
	}
	if !slices.ContainsFunc(slices.Collect(maps.Keys(said)), func(s string) bool {
		return strings.HasPrefix(s, "FILEMQ 8 ") && strings.HasSuffix(s, "/notes.txt")
	}) {
		t.Error("tshark has not shown the file")
	}
	for stream, list := range sequences {
		for i, s := range list {
			if s != strconv.Itoa(i+1) {
				t.Errorf("the messages of connection %s are %v: one was not shown", stream, list)
				break
			}
		}
	}
	if len(sequences) != 2 {
		t.Errorf("there are %d connections of ZRE, and should be one each way", len(sequences))
	}
	t.Logf("%d octets captured: %v", len(pcap), said)
	if got := tshark(t, dissector(t), pcap, "-Y", `zre.message.id == "SHOUT" && zre.group == "CHAT" && zeromq`); len(got) != shouts {
		t.Errorf("the filter lets %d packets pass, and not %d", len(got), shouts)
	}
}

// captured is the capture of an exchange, and whose it was.
func captured(t *testing.T) (pcap []byte, ids []zyre.UUID) {
	t.Helper()
	if _, err := exec.LookPath("dumpcap"); err != nil {
		netlab.Refuse(t, "dumpcap is missing: install the package tshark")
	}
	host := netlab.New(t).Host("net")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	dumpcap := host.Command(ctx, "dumpcap", "-q", "-i", "lo", "-w", "-")
	ready, seen := newWatcher("File: -"), newWatcher(theEnd)
	dumpcap.Stderr, dumpcap.Stdout = ready, seen
	if err := dumpcap.Start(); err != nil {
		t.Fatal(err)
	}
	ready.await(ctx, t)
	actors := host.Command(ctx, self)
	actors.Env = append(os.Environ(), asActors+"=1")
	var stderr bytes.Buffer
	actors.Stderr = &stderr
	out, err := actors.Output()
	if err != nil {
		t.Errorf("the exchange: %v: %s", err, stderr.Bytes())
	} else {
		seen.await(ctx, t)
		err = json.Unmarshal(out, &ids)
	}
	dumpcap.Process.Signal(os.Interrupt)
	if ended := dumpcap.Wait(); err != nil || ended != nil || len(ids) != 2 {
		t.Fatalf("exchange: %v, dumpcap: %v: %s", err, ended, ready.data.Bytes())
	}
	return seen.data.Bytes(), ids
}

// watcher keeps what is written, and tells when some words have been.
type watcher struct {
	words string
	mu    sync.Mutex
	data  bytes.Buffer
	done  chan struct{}
}

func newWatcher(words string) *watcher { return &watcher{words: words, done: make(chan struct{})} }

// Write implements io.Writer.
func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	from := max(0, w.data.Len()-len(w.words))
	n, err := w.data.Write(p)
	if bytes.Contains(w.data.Bytes()[from:], []byte(w.words)) {
		select {
		case <-w.done:
		default:
			close(w.done)
		}
	}
	return n, err
}

func (w *watcher) await(ctx context.Context, t *testing.T) {
	t.Helper()
	select {
	case <-w.done:
	case <-ctx.Done():
		w.mu.Lock()
		defer w.mu.Unlock()
		t.Fatalf("waiting for %q: %v: %.300q", w.words, ctx.Err(), w.data.Bytes())
	}
}
