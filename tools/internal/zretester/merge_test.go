package zretester

import (
	"reflect"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

func TestMerger(t *testing.T) {
	var got []string
	m := newMerger(2, func(o history.Observation) { got = append(got, o.Text) })
	at := func(second int) time.Time { return time.Unix(int64(second), 0) }
	add := func(number, second int, text string) { m.add(number, history.Observation{At: at(second), Text: text}) }
	want := func(texts ...string) {
		t.Helper()
		if !reflect.DeepEqual(got, texts) {
			t.Fatalf("%q, want %q", got, texts)
		}
		got = nil
	}
	add(0, 1, "nobody else works")
	want("nobody else works")
	m.begin(1, at(1))
	m.begin(2, at(1))
	add(1, 2, "a")
	add(1, 4, "c")
	add(0, 5, "d")
	want()
	add(2, 3, "b")
	want("a", "b")
	m.alive(2, at(4))
	want("c")
	m.alive(1, at(3)) // older than what is known
	m.end(2)
	want()
	m.end(1)
	want("d")
	m.begin(1, at(6))
	add(0, 7, "e")
	add(2, 8, "last words")
	want()
	m.flush()
	want("e", "last words")

	// One that says nothing for very long does not fill the memory.
	for i := range maxWaiting + 2 {
		add(0, 10+i, "")
	}
	if len(got) == 0 {
		t.Error("all is kept")
	}
}
