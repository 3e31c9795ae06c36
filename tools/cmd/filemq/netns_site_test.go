package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// site is two hosts, a directory to offer and an inbox.
//
//	server eth0 10.77.0.1 ──── eth0 10.77.0.2 client
type site struct {
	t              *testing.T
	server, client *netlab.Host
	atServer       *netlab.Link
	shared, inbox  string
}

const serverPort = "5670"

func newSite(t *testing.T) *site {
	t.Helper()
	lab := netlab.New(t)
	s := &site{t: t, server: lab.Host("server"), client: lab.Host("client"), shared: t.TempDir(), inbox: filepath.Join(t.TempDir(), "inbox")}
	s.atServer, _ = lab.Wire(s.server, "eth0", "10.77.0.1/24", s.client, "eth0", "10.77.0.2/24")
	return s
}

// throttle makes the way to the client narrow, in megabytes a second: what is
// too much is lost.
func (s *site) throttle(rate int) *netlab.Rule {
	s.t.Helper()
	return s.client.Drop(netlab.In, fmt.Sprintf("tcp sport %s limit rate over %d mbytes/second burst 512 kbytes", serverPort, rate))
}

// small makes the kernel send packets of 1,500 octets, as they are on a real
// wire, instead of 64 KB: else the loss of one is that of many.
func (s *site) small() {
	s.t.Helper()
	for _, h := range []*netlab.Host{s.server, s.client} {
		h.Output("ip", "link", "set", "dev", "eth0", "gso_max_segs", "1")
	}
}

// share writes a file that is to be offered at once.
func (s *site) share(name string, size int) {
	s.t.Helper()
	s.write(name, size)
	// A server offers what was not written to for a second.
	old := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(s.shared, name), old, old); err != nil {
		s.t.Fatal(err)
	}
}

// write writes a file to be offered, and returns when it was written to last.
// No two files have the same content.
func (s *site) write(name string, size int) time.Time {
	s.t.Helper()
	var seed [32]byte
	copy(seed[:], name)
	content := make([]byte, size)
	rand.NewChaCha8(seed).Read(content)
	file := filepath.Join(s.shared, name)
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.WriteFile(file, content, 0o644)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		s.t.Fatal(err)
	}
	return info.ModTime()
}

// whole asserts that the inbox has what is shared, and nothing else, and that
// no part of a file is left over.
func (s *site) whole() {
	s.t.Helper()
	offered, arrived := content(s.t, s.shared), content(s.t, s.inbox)
	for name, want := range offered {
		switch got, here := arrived[name]; {
		case !here:
			s.t.Errorf("%s has not arrived", name)
		case !bytes.Equal(got, want):
			s.t.Errorf("%s has arrived otherwise than it was sent: %d octets of %d", name, len(got), len(want))
		}
	}
	for name := range arrived {
		if _, offered := offered[name]; !offered {
			s.t.Errorf("%s is in the inbox, but was not offered", name)
		}
	}
	left, err := os.ReadDir(filepath.Join(s.inbox, ".filemq", "partial"))
	if err != nil && !os.IsNotExist(err) {
		s.t.Error(err)
	}
	for _, e := range left {
		s.t.Errorf(".filemq/partial/%s is left over", e.Name())
	}
}

// content reads all files below a folder, without the private one.
func content(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".filemq":
			return filepath.SkipDir
		case e.IsDir():
			return nil
		}
		name, err := filepath.Rel(folder, path)
		if err == nil {
			files[name], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// file writes a file beside the directories, for its owner's eyes only, and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Silence is noticed sooner than by default, and still not by a mere hiccup of
// a machine that has much to do.
const times = `%s
    heartbeat = 0.5
    expired = 3
`

// serve starts a server that offers the directory, and waits until it listens.
func (s *site) serve(args ...string) *program {
	s.t.Helper()
	args = append([]string{"serve", s.shared, "--config", file(s.t, fmt.Sprintf(times, "server"))}, args...)
	p := run(s.t, "server", s.server, args...)
	p.hear(`^listening at `)
	return p
}

// get starts a client that gets everything that the server offers.
func (s *site) get(args ...string) *program {
	s.t.Helper()
	args = append([]string{"get", "10.77.0.1", "/", s.inbox, "--json", "--config", file(s.t, fmt.Sprintf(times, "client"))}, args...)
	return run(s.t, "client", s.client, args...)
}
