package fmq

import (
	"crypto/sha1"
	"fmt"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/fmq"
)

// A path is left in the middle of a file, though another subscription covers it for us, of which the server may think otherwise (rfcs/filemq, 6.6), and
// then is subscribed to again: the file goes on where it stopped, whatever came meanwhile.
func TestLeavingWhatIsCovered(t *testing.T) {
	for name, other := range map[string]bool{"at once": false, "another file between": true} {
		t.Run(name, func(t *testing.T) {
			f, c := begin(t, "/", Subscription{Resync: true})
			subscribe(t, c, "/a", Subscription{Resync: true})
			f.confirm()
			content := pattern(700_000)
			f.chunk("/a/x", 0, []byte(content[:400_000]), 0, "SIZE", "700000")
			settle(t, f)
			if err := c.Unsubscribe("/a"); err != nil {
				t.Fatal(err)
			}
			if s := f.confirm(); option(s, "UNSUBSCRIBE") != "1" {
				t.Errorf("the client says %q %q", s.Path, s.Options)
			}
			if other {
				f.file("/other", "other")
				delivered(t, c, "/other", "other")
			}
			subscribe(t, c, "/a", Subscription{Resync: true})
			s := f.await(fmq.IDIcanhaz)
			f.say(fmq.Message{ID: fmq.IDIcanhazOK})
			if !strings.HasPrefix(option(s, "RESUME"), "400000 ") || !strings.HasSuffix(option(s, "RESUME"), " x\x00") {
				t.Errorf("of %s the client has %q", s.Path, option(s, "RESUME"))
			}
			f.chunk("/a/x", 400_000, []byte(content[400_000:]), 0, "SIZE", "700000")
			f.chunk("/a/x", 700_000, nil, 1, "SHA1", fmt.Sprintf("%X", sha1.Sum([]byte(content))))
			delivered(t, c, "/a/x", content)
		})
	}
}

// The same with our server, which hides the path from who subscribes to "/".
func TestLeavingWhatIsHidden(t *testing.T) {
	hidden, open := t.TempDir(), t.TempDir()
	const size = 64 << 20
	sparse(t, hidden, "large", size)
	s := listen(t, ServerConfig{}, open)
	if err := s.Publish(Publish{Dir: hidden, As: "/g", Hidden: true}); err != nil {
		t.Fatal(err)
	}
	c := start(t, func(cfg *ClientConfig) { cfg.Servers, cfg.Window = []string{s.Endpoint()}, 1_000_000 })
	of := Subscription{Resync: true, Keep: true}
	subscribe(t, c, "/", of)
	subscribe(t, c, "/g", of)
	var done int64
	for done < size/4 {
		if e := wait(t, c); e.Type == Progress {
			done = e.Done
		} else if e.Type == Deliver {
			t.Fatal("it was too fast to be left")
		}
	}
	if err := c.Unsubscribe("/g"); err != nil {
		t.Fatal(err)
	}
	put(t, open, "small", "small")
	for e := wait(t, c); e.Type != Deliver; e = wait(t, c) {
		done = max(done, e.Done)
	}
	subscribe(t, c, "/g", of)
	for e := wait(t, c); ; e = wait(t, c) {
		if e.Type == Progress && e.Done < done {
			t.Errorf("%d octets were here, and then it is at %d", done, e.Done)
		}
		if e.Type == Deliver {
			if e.Name != "large" || e.Size != size || e.Sent > size-done {
				t.Errorf("of %s, %d octets, %d were sent, though %d were here", e.Name, e.Size, e.Sent, done)
			}
			return
		}
	}
}
