package store

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 1, 2, 12, 0, 0, 123_000, time.UTC)

// record is the n-th of a log: one each second.
func record(n int) Record {
	at := noon.Add(time.Duration(n) * time.Second)
	return Record{Received: at, Sent: at.Add(-2 * time.Hour).Truncate(time.Millisecond), Level: uint8(1 + n%3), Event: uint8(n % 8), Node: uint16(n % 5), Peer: uint16(65535 - n%3), Text: fmt.Sprintf("record %d", n)}
}

func records(from, to int) (all []Record) {
	for n := from; n < to; n++ {
		all = append(all, record(n))
	}
	return all
}

// must is for calls that have to succeed.
func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func write(t *testing.T, s Store, b Batch) {
	t.Helper()
	if err := s.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// texts are what a query gives.
func texts(t *testing.T, s Reader, q Query, last int) (all []string) {
	t.Helper()
	q.After = must[int64](t)(s.Start(t.Context(), q, last))
	for {
		found := must[[]Record](t)(s.Read(t.Context(), q, 7))
		for _, r := range found {
			all = append(all, strings.TrimPrefix(r.Text, "record "))
			q.After = r.ID
		}
		if len(found) < 7 {
			return all
		}
	}
}

func openFile(t *testing.T, file string, limits Limits) *sqlite {
	t.Helper()
	s := must[Reader](t)(Open(t.Context(), file, limits))
	t.Cleanup(func() { s.Close() })
	return s.(*sqlite)
}

func TestSQLite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a ?#%41 b.db") // nothing in it is an option
	open := func(t *testing.T, limits Limits) Reader { return openFile(t, file, limits) }
	testReader(t, open, func(t *testing.T) Reader {
		s := must[Reader](t)(OpenReader(t.Context(), file))
		t.Cleanup(func() { s.Close() })
		return s
	})
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

// testReader is what every database has to do. It uses an empty one.
func testReader(t *testing.T, open func(*testing.T, Limits) Reader, reader func(*testing.T) Reader) {
	s := open(t, Limits{})
	if got := texts(t, s, Query{}, 0); got != nil {
		t.Fatalf("an empty one has %q", got)
	}
	hostile := []Record{
		{Received: noon, Sent: time.UnixMilli(253402300799999), Level: 255, Event: 255, Node: 65535, Peer: 0, Text: "a\x00b"},
		{Received: noon, Sent: time.Unix(0, 0), Text: "\xff'); drop table record; --"},
		{Received: noon, Sent: noon, Text: ""},
		{Received: noon, Sent: noon, Text: strings.Repeat("\x1b[2J\n", 51)},
	}
	write(t, s, Batch{Records: hostile, Nodes: []Node{{Hash: 1, UUID: strings.Repeat("A", 32), Name: "\xff\x1b[2J", Addr: "tcp://\x00\xff", First: noon, Last: noon}}})
	got := must[[]Record](t)(s.Read(t.Context(), Query{}, 10))
	for i := range got {
		if got[i].ID != int64(i+1) {
			t.Errorf("record %d has number %d", i, got[i].ID)
		}
		got[i].ID, got[i].Received, got[i].Sent = 0, got[i].Received.UTC(), got[i].Sent.UTC()
		hostile[i].Sent = hostile[i].Sent.UTC()
	}
	if !reflect.DeepEqual(got, hostile) {
		t.Errorf("got  %+v\nwant %+v", got, hostile)
	}

	// More than one statement takes, and a remainder; then it is started anew.
	write(t, s, Batch{Records: records(0, 3*rowsPerInsert+7), Nodes: []Node{
		{Hash: 1, UUID: strings.Repeat("A", 32), Name: "ann", Addr: "tcp://127.0.0.1:1", First: noon.Add(time.Minute), Last: noon.Add(time.Hour)},
		{Hash: 2, UUID: strings.Repeat("B", 32), Name: "bob", Addr: "tcp://127.0.0.1:2", First: noon, Last: noon.Add(time.Minute)},
	}})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, Limits{})
	if got := texts(t, s, Query{Since: noon.Add(time.Second)}, 0); len(got) != 3*rowsPerInsert+6 {
		t.Errorf("%d records are left after a restart", len(got))
	}
	write(t, s, Batch{Records: records(157, 160)})

	r := reader(t)
	nodes := must[[]Node](t)(r.Nodes(t.Context()))
	if len(nodes) != 2 || nodes[0].Name != "ann" || !nodes[0].First.Equal(noon) || !nodes[0].Last.Equal(noon.Add(time.Hour)) || nodes[1].Hash != 2 {
		t.Errorf("nodes: %+v", nodes)
	}
	for name, c := range map[string]struct {
		q    Query
		last int
		want string
	}{
		"the last":             {Query{}, 3, "[157 158 159]"},
		"the last of a kind":   {Query{Nodes: []uint16{4}, Events: []uint8{4}}, 2, "[84 124]"},
		"a time":               {Query{Since: noon.Add(10 * time.Second), Until: noon.Add(13 * time.Second)}, 0, "[10 11 12]"},
		"the last of a time":   {Query{Since: noon.Add(10 * time.Second), Until: noon.Add(20 * time.Second)}, 2, "[18 19]"},
		"errors":               {Query{Level: 1, Since: noon.Add(150 * time.Second)}, 0, "[150 153 156 159]"},
		"errors and warnings":  {Query{Level: 2, Since: noon.Add(156 * time.Second)}, 0, "[156 157 159]"},
		"events":               {Query{Events: []uint8{0, 7}, Since: noon.Add(144 * time.Second)}, 0, "[144 151 152 159]"},
		"nodes":                {Query{Nodes: []uint16{1, 2}, Since: noon.Add(150 * time.Second)}, 0, "[151 152 156 157]"},
		"peers":                {Query{Peers: []uint16{65535}, Since: noon.Add(155 * time.Second)}, 0, "[156 159]"},
		"nobody":               {Query{Nodes: []uint16{}}, 0, "[]"},
		"nobody's last":        {Query{Nodes: []uint16{}}, 5, "[]"},
		"a time that was none": {Query{Since: noon.Add(24 * time.Hour)}, 0, "[]"},
	} {
		if got := fmt.Sprint(texts(t, r, c.q, c.last)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}

	// The clock of this machine was set back: nothing that is asked for is missing.
	write(t, s, Batch{Records: records(100, 103)})
	if got := texts(t, r, Query{Since: noon.Add(158 * time.Second)}, 0); len(got) != 2 {
		t.Errorf("after the clock was set back: %q", got)
	}
	if got := texts(t, r, Query{Since: noon.Add(102 * time.Second), Until: noon.Add(103 * time.Second)}, 0); len(got) != 2 {
		t.Errorf("after the clock was set back: %q", got)
	}

	// What is old goes. A second for each, so the hour before last has none.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	age := time.Since(noon.Add(100 * time.Second))
	s = open(t, Limits{Age: age})
	write(t, s, Batch{Records: []Record{record(200)}, Nodes: nodes[:1]})
	if got := texts(t, r, Query{}, 0); len(got) != 60+3+1 && len(got) != 59+2+1 || got[0] != "100" && got[0] != "101" {
		t.Errorf("%d are left of those that are too old: %q", len(got), got)
	}
	// All are too old, and numbers are not used again.
	before := must[int64](t)(r.Start(t.Context(), Query{}, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, Limits{Age: time.Second})
	write(t, s, Batch{})
	if got := texts(t, r, Query{}, 0); got != nil {
		t.Errorf("%q are left", got)
	}
	now := time.Now()
	write(t, s, Batch{Records: []Record{{Received: now, Sent: now, Text: "new"}}})
	if got := texts(t, r, Query{After: before}, 0); len(got) != 1 {
		t.Errorf("got %q behind number %d", got, before)
	}
	if nodes := must[[]Node](t)(r.Nodes(t.Context())); len(nodes) != 0 {
		t.Errorf("nodes that were met long ago are kept: %+v", nodes)
	}

	// Strangers come under one UUID after the other.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, Limits{})
	crowd := make([]Node, maxNodes+100)
	for i := range crowd {
		crowd[i] = Node{UUID: fmt.Sprintf("%032X", i), First: noon, Last: noon.Add(time.Duration(i) * time.Second)}
	}
	write(t, s, Batch{Nodes: crowd})
	if n := countNodes(t, s); n != maxNodes {
		t.Errorf("%d nodes are kept", n)
	}
	if nodes := must[[]Node](t)(r.Nodes(t.Context())); nodes[maxNodes-1].UUID != crowd[100].UUID {
		t.Errorf("not those that were met last are kept, but %s", nodes[maxNodes-1].UUID)
	}
	if got := texts(t, r, Query{}, 0); len(got) != 1 {
		t.Errorf("%q are left, which nothing limits", got)
	}
}

// countNodes counts them, where Nodes would not return all.
func countNodes(t *testing.T, s Reader) (n int) {
	t.Helper()
	var err error
	switch s := s.(type) {
	case *sqlite:
		err = s.db.QueryRowContext(t.Context(), "select count(*) from node").Scan(&n)
	case *postgres:
		err = s.conn.QueryRow(t.Context(), "select count(*) from "+pgNode).Scan(&n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}
