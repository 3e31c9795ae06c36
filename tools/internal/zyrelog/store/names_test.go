package store

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestNames(t *testing.T) {
	node := func(hash uint16, id byte, name string, from, to int) Node {
		return Node{Hash: hash, UUID: strings.Repeat(string(id), 32), Name: name, First: noon.Add(time.Duration(from) * time.Minute), Last: noon.Add(time.Duration(to) * time.Minute)}
	}
	var n Names
	n.Meet(node(1, 'A', "ann", 0, 10), node(2, 'B', "bob", 0, 10), node(2, 'C', "cy", 5, 20), node(3, 'D', "bob", 30, 40), node(4, 'E', "\x1b[2J", 0, 1))
	n.Meet(node(1, 'A', "ann", 8, 12)) // newer news of one
	for _, c := range []struct {
		hash   uint16
		minute int
		want   string
	}{
		{1, 0, "ann"}, {1, 12, "ann"}, {1, 99, "ann"},
		{2, 1, "bob#0002"}, {2, 7, "cy|bob#0002"}, {2, 15, "cy"}, {2, 99, "cy"}, {2, -99, "cy"},
		{3, 35, "bob#0003"}, {4, 0, `\x1b[2J`}, {9, 0, "#0009"},
	} {
		if got := n.Of(c.hash, noon.Add(time.Duration(c.minute)*time.Minute)); got != c.want {
			t.Errorf("%d at minute %d is %s, want %s", c.hash, c.minute, got, c.want)
		}
	}
	for text, want := range map[string]string{
		"ann": "[1]", "bob": "[2 3]", "bob#0003": "[3]", "#0003": "[3]", "#ffff": "[65535]", "#ffffff": "[]", "aaaa": "[1]", "aaa": "[]", "AAAA-AAAA": "[1]", "": "[]", `\x1b[2J`: "[4]", "nobody": "[]",
	} {
		if got := fmt.Sprint(n.Find(text)); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// Strangers come under one UUID after the other: no more are remembered than
// the bound, and not the newest are forgotten.
func TestNamesBound(t *testing.T) {
	var n Names
	for i := range 2*maxNodes + 10 {
		at := noon.Add(time.Duration(i) * time.Millisecond)
		n.Meet(Node{Hash: uint16(i), UUID: fmt.Sprintf("%032X", i), Name: fmt.Sprint(i), First: at, Last: at})
		if n.nodes > maxNodes {
			t.Fatalf("%d are known", n.nodes)
		}
	}
	if got := len(n.Find(fmt.Sprint(2 * maxNodes))); got != 1 || len(n.count) > maxNodes {
		t.Errorf("the newest is not known, or %d names are", len(n.count))
	}
	if got := n.Find("5"); len(got) != 0 {
		t.Error("the oldest is not forgotten")
	}
}

// Somebody is there under a thousand UUIDs of one hash, with the longest of names: a record has a few of them.
func TestNamesAlike(t *testing.T) {
	var n Names
	for i := range 1000 {
		at := noon.Add(time.Duration(i) * time.Millisecond)
		n.Meet(Node{Hash: 1, UUID: fmt.Sprintf("%032X", i), Name: fmt.Sprintf("%0255d", i), First: at, Last: at})
	}
	long := fmt.Sprintf("%0255d", 999)
	got := JSON(Record{Node: 1, Peer: 1, Received: noon}, &n)
	if !strings.HasPrefix(n.Of(1, noon), long+"|") || !strings.HasSuffix(n.Of(1, noon), "|…") || len(got) > 2000 {
		t.Errorf("%d octets: %s", len(got), n.Of(1, noon))
	}
	if len(n.byHash[1]) != mostAlike || len(n.count) != mostAlike || n.nodes != mostAlike {
		t.Errorf("%d are known, %d names, counted %d", len(n.byHash[1]), len(n.count), n.nodes)
	}
}
