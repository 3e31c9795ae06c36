package fmq

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// files.md: C filemq's scan takes a time that grows with the square of the number of files, its cache of digests never hits, and after 1,221 files
// it stops. Here 100,000 files travel; who has them is not sent them; and when both sides were restarted, neither reads them again.
//
// To write and to delete so many takes a disk a minute and more. So the files are links to a few, the client to which all are sent keeps nothing
// (10,000 go to a disk in TestTenThousandSmallFiles), and the inbox that has them all but the last was filled by links, too.
func TestAHundredThousandFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	const files, size, folder = 100_000, 2000, 1000
	dir, box, cache, outside := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	before := time.Now().Add(-time.Minute)
	for i := range files {
		first, name := filepath.Join("all", fmt.Sprint(i/folder), "0"), filepath.Join("all", fmt.Sprint(i/folder), fmt.Sprint(i%folder))
		if i%folder == 0 {
			for _, top := range []string{outside, box} {
				must(os.MkdirAll(filepath.Dir(filepath.Join(top, name)), 0o755))
			}
			must(os.WriteFile(filepath.Join(outside, name), []byte(strings.Repeat(fmt.Sprintf("%08d", i), size/8)), 0o644))
			must(os.Chtimes(filepath.Join(outside, name), before, before))
		} else {
			must(os.Link(filepath.Join(outside, first), filepath.Join(outside, name)))
		}
		if i < files-1 {
			must(os.Link(filepath.Join(outside, first), filepath.Join(box, name)))
		}
	}
	must(os.Rename(filepath.Join(outside, "all"), filepath.Join(dir, "all")))
	for round, want := range []int{files, 1, 0} {
		s := listen(t, ServerConfig{Cache: cache}, dir)
		read := 0
		if runtime.GOOS == "linux" {
			read = octetsRead(t)
		}
		var c *Client
		if round == 0 {
			cfg := ClientConfig{Inbox: t.TempDir(), Servers: []string{s.Endpoint()}}
			must(cfg.check())
			var err error
			c, err = dial(t.Context(), cfg, nowhere{})
			must(err)
			must(c.Subscribe(t.Context(), "/", Subscription{Resync: true}))
		} else {
			c = fetch(t, box, Subscription{Mirror: true}, s.Endpoint())
		}
		_, delivered := until(t, c, Synced)
		if st := s.Stats(); len(delivered) != want || st.Sent != uint64(want) || st.Skipped != uint64(files-want) || st.Files != files {
			t.Errorf("round %d: %d are delivered, %+v", round, len(delivered), st)
		}
		if runtime.GOOS == "linux" {
			read = octetsRead(t) - read
			// The server reads to send; the client reads what it finds; then there is nothing to read but what both have noted, which is less than
			// half of what a look at all files would cost one of them.
			if most := []int{3, 2, 0}[round]*files*size + files*size/2; read > most {
				t.Errorf("round %d: %d octets were read", round, read)
			}
		}
		if st := c.Stats(); st.Deleted != 0 || st.Refused != 0 {
			t.Errorf("round %d: %+v", round, st)
		}
		c.Close()
		s.Close()
	}
	if text, err := os.ReadFile(filepath.Join(box, "all", fmt.Sprint((files-1)/folder), fmt.Sprint((files-1)%folder))); err != nil || len(text) != size {
		t.Errorf("the last one has %d octets, %v", len(text), err)
	}
}
