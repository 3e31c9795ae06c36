package fmq

import (
	"errors"
	"testing"
)

// What a subscription excepts is not taken through it, however its cases are, and is taken through another one. When that ends in the middle of
// a file, the part waits.
func TestExcept(t *testing.T) {
	f, c := begin(t, "/", Subscription{Resync: true, Except: "/.groups"})
	refused := func(path string) {
		t.Helper()
		if e := next(t, c, Refused); !errors.Is(e.Cause, ErrUncovered) || e.Path != path {
			t.Errorf("got %+v", e)
		}
	}
	for _, path := range []string{"/.groups/red/x", "/.groups", "/.Groups/red/x", "/.groupſ/x"} {
		f.file(path, "x")
		refused(path)
	}
	f.remove("/.groups/red/x")
	refused("/.groups/red/x")
	f.file("/.groupsx", "x")
	delivered(t, c, "/.groupsx", "x")
	subscribe(t, c, "/.groups/red", Subscription{Resync: true, Into: ".groups/red"})
	f.confirm()
	f.file("/.groups/red/x", "red")
	if e := delivered(t, c, "/.groups/red/x", "red"); e.Name != ".groups/red/x" {
		t.Errorf("got %+v", e)
	}
	f.file("/.groups/blue/x", "blue")
	refused("/.groups/blue/x")
	f.chunk("/.groups/red/y", 0, []byte("1234"), 0, "SIZE", "8")
	settle(t, f)
	if err := c.Unsubscribe("/.groups/red"); err != nil {
		t.Fatal(err)
	}
	f.confirm()
	f.chunk("/.groups/red/y", 4, []byte("5678"), 1) // from a server that does not know UNSUBSCRIBE
	f.file("/z", "z")
	delivered(t, c, "/z", "z")
	if got := files(t, c.dir); got[".groups/red/y"] != "" {
		t.Errorf("there are %q", got)
	}
}

func TestExceptInvalid(t *testing.T) {
	c := start(t, nil)
	for _, s := range []Subscription{{Except: "/"}, {Except: "/a"}, {Except: "/b"}, {Except: "a"}, {Except: "/a/../b"}, {Except: "/a/b", Mirror: true}} {
		if err := c.Subscribe(t.Context(), "/a", s); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	subscribe(t, c, "/a", Subscription{Except: "/a/b/"})
}
