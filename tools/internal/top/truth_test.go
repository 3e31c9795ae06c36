package top

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
	"github.com/zeromq/gozyre/libzyre/zyretest"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/top/browser"
	"github.com/zeromq/gozyre/tools/internal/top/model"
	"github.com/zeromq/gozyre/tools/internal/top/web"
	"github.com/zeromq/gozyre/tools/internal/zretester"
)

// watched starts a node with a collector and a hub, as Run does, and its page.
func watched(t *testing.T, cfg zyre.Config) (*hub, *web.Server) {
	t.Helper()
	records, err := collector.Listen(collector.Config{Bind: bind([]string{zyre.Loopback()})})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Name, cfg.Headers = "watcher", map[string]string{collector.Header: records.Endpoint()}
	n, err := zyre.Start(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := newHub(n, records, "")
	go h.run()
	page, err := web.Listen("127.0.0.1:0", "", h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = page.Close()
		_ = n.Close()
		<-h.done
		_ = records.Close()
	})
	return h, page
}

// until waits until a condition holds of what is seen.
func until(t *testing.T, h *hub, what string, holds func(v *model.View) bool) model.View {
	t.Helper()
	_, next, cancel := h.Watch()
	defer cancel()
	late := time.After(zyretest.Deadline)
	for {
		v, ok := h.View()
		if !ok || holds(&v) {
			return v
		}
		select {
		case <-next:
		case <-late:
			t.Fatalf("%s: %+v", what, v.Totals)
		}
	}
}

// TestTruth: of 50 nodes that come and go, the table, the page and the metrics tell
// exactly what the run's own report tells.
func TestTruth(t *testing.T) {
	cfg := zyretest.Config(t)
	h, page := watched(t, cfg)
	b := browser.Open(t, page.URL(), 1280, 900, `document.querySelectorAll('#rows tr').length > 0`)
	most := make(chan int, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_, next, end := h.Watch()
		defer end()
		n := 0
		for {
			select {
			case <-next:
				if v, ok := h.View(); ok {
					n = max(n, v.Totals.Nodes)
				}
			case <-ctx.Done():
				most <- n
				return
			}
		}
	}()

	lasting, settle := 12*time.Second, 3*time.Second
	var out bytes.Buffer
	// What it finds on a busy machine is not our business here: what it did is.
	found := zretester.Run(t.Context(), zretester.Options{Carrier: cli.Carrier{Transport: "zmtp"}, Nodes: 50, Port: cfg.Port, Interface: cfg.Interfaces,
		For: &lasting, Settle: &settle, JSON: true, Seed: 7}, cli.Streams{In: strings.NewReader(""), Out: &out, Err: io.Discard})
	cancel()
	var report struct {
		Started uint64
		Figures struct{ Starts, Stops uint64 }
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err, found)
	}
	if report.Started < 25 || report.Figures.Stops == 0 {
		t.Fatalf("that was no run: %+v, %v", report, found)
	}

	started := report.Started
	v := until(t, h, fmt.Sprintf("%d nodes were there", started), func(v *model.View) bool { return v.Totals.Enters == started && v.Totals.Exits == started })
	if v.Totals.Nodes != 1 || v.Totals.Quiet != 0 || v.Totals.Records == 0 || len(v.Groups) != 0 {
		t.Errorf("%+v, groups %v", v.Totals, v.Groups)
	}
	if running := int(report.Figures.Starts-report.Figures.Stops) + 1; <-most < running {
		t.Errorf("fewer than %d were seen at a time", running)
	}
	b.Wait(fmt.Sprintf(`document.querySelector('#totals').innerText.startsWith('1 node · %d enters · %d exits')`, started, started))
	b.Wait(`document.querySelectorAll('#rows tr:not(.gone)').length === 1`)
	if text := newTableOf(h); !strings.Contains(text, fmt.Sprintf("1 nodes  %d enters, %d exits", started, started)) {
		t.Error(text)
	}
	text := metrics(t, page)
	for _, want := range []string{fmt.Sprintf(`zyre_events_total{type="enter"} %d`, started), fmt.Sprintf(`zyre_events_total{type="exit"} %d`, started), `zyre_nodes{state="here"} 1`} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	b.End(page.URL())
}

func newTableOf(h *hub) string {
	t := newTable(h.View, "", nil)
	t.width, t.height = 120, 40
	t.Update(lookMsg{})
	return strings.Join(lines(t), "\n")
}

func metrics(t *testing.T, page *web.Server) string {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := c.Get(page.URL() + "metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestNetwork: groups, round trips and what nodes count are those of real nodes; who
// leaves is grey; too slow a watcher is let go.
func TestNetwork(t *testing.T) {
	cfg := zyretest.Config(t)
	h, _ := watched(t, cfg)
	alice, bob := cfg, cfg
	alice.Name, bob.Name = "alice", "bob"
	bob.LogLevel = zyre.LogOff // as who does not know of it
	a, b := zyretest.Start(t, alice), zyretest.Start(t, bob)
	if err := a.Join("CHAT"); err != nil {
		t.Fatal(err)
	}
	named := func(v *model.View, name string) (n model.Node) {
		for _, one := range v.Nodes {
			if one.Name == name {
				n = one
			}
		}
		return n
	}
	until(t, h, "all is known", func(v *model.View) bool {
		a, b := named(v, "alice"), named(v, "bob")
		return len(v.Groups) == 1 && v.Groups[0] == model.Group{Name: "CHAT", Members: 1} && a.RTT >= 0 && b.RTT >= 0 && a.Peers >= 1 && b.Peers == -1 && b.Queue == -1
	})
	_ = b.Close()
	until(t, h, "bob is grey", func(v *model.View) bool {
		n := named(v, "bob")
		return n.State == "gone" && n.Cause == zyre.ErrGoodbye.Error() && v.Totals.Nodes == 2
	})
}

func TestHome(t *testing.T) {
	if at := home(); !slices.ContainsFunc(at, netip.Addr.IsLoopback) {
		t.Error(at)
	}
}

func TestManyWatchers(t *testing.T) {
	h, _ := watched(t, zyretest.Config(t))
	for range maxWatchers {
		if first, _, _ := h.Watch(); first == nil {
			t.Fatal("too few may watch")
		}
	}
	if first, _, _ := h.Watch(); first != nil {
		t.Error("too many watch")
	}
	h.do(func(m *model.Model) {
		for range behind + 1 {
			m.Tick(time.Now())
			m.Event(&zyre.Event{Type: zyre.Enter, Peer: zyre.NewUUID(), Time: time.Now()})
			h.tell()
		}
	})
	if first, _, cancel := h.Watch(); first == nil {
		t.Error("those who do not read still watch")
	} else {
		cancel()
	}
}

func TestRunFails(t *testing.T) {
	node := cli.Node{Port: zyretest.Config(t).Port, Interface: []string{zyre.Loopback()}, Carrier: cli.Carrier{Transport: "zmtp"}}
	streams := cli.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for what, o := range map[string]Options{"stdout is no terminal": {}, "a duration is not negative": {JSON: true, For: -1}, "--http: ": {HTTP: taken.Addr().String()}, "--http: x is no address": {HTTP: "x"}} {
		o.Node = node
		if err := Run(t.Context(), o, streams); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
