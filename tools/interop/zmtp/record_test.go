package zmtp

import (
	"context"
	"io/fs"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/rfcs"
	"github.com/zeromq/gozyre/tools/netlab"
)

// TestRecordAnew compares each vector with what libzmq says today.
func TestRecordAnew(t *testing.T) {
	if _, err := Python(); err != nil {
		netlab.Refuse(t, err.Error())
	}
	names, err := fs.Glob(rfcs.Vectors(), "zmtp/*.txt")
	if err != nil || len(names) != len(Conversations) {
		t.Errorf("there are %d conversations and %d vectors: %v", len(Conversations), len(names), err)
	}
	for _, c := range Conversations {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			want, err := fs.ReadFile(rfcs.Vectors(), "zmtp/"+c.Name+".txt")
			if err != nil {
				t.Fatalf("%v: run go run ./tools/interop/zmtp/record", err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			got, err := c.Record(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if difference := compare(Fixed(got), Fixed(string(want))); difference != "" {
				t.Errorf("%s\n%s", difference, got)
			}
		})
	}
}

// compare tells the first line that differs.
func compare(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "now: " + g[i] + "\nonce: " + w[i]
		}
	}
	if len(g) != len(w) {
		return "the one is longer than the other"
	}
	return ""
}

// TestFixed: what may differ, and what may not.
func TestFixed(t *testing.T) {
	const vector = "# libzmq 1\ndialer frame | 0003 | <616263>\n"
	for text, same := range map[string]bool{
		"# libzmq 2\ndialer frame | 0003 | <646566> # remark\n": true,
		"dialer frame | 0003 | <6162>\n":                        false,
		"dialer frame | 0003 | 616263\n":                        false,
		"listener frame | 0003 | <616263>\n":                    false,
		"dialer frame | 0002 | <616263>\n":                      false,
		vector + vector:                                         false,
	} {
		if got := compare(Fixed(text), Fixed(vector)) == ""; got != same {
			t.Errorf("%q: got %v, want %v", text, got, same)
		}
	}
}

// TestTapOfGarbage: what is no ZMTP passes too, and is told.
func TestTapOfGarbage(t *testing.T) {
	far, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	tap, err := NewTap(far.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer tap.Close()
	near, err := net.Dial("tcp4", tap.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	if _, err := near.Write([]byte(strings.Repeat("\xff", 1000))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err = tap.Await(ctx, func([]Said) bool { return false })
	if err == nil || ctx.Err() != nil {
		t.Errorf("got %v, want an error that says that this is no ZMTP", err)
	}
}
