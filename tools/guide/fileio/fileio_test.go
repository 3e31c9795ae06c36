package fileio

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/zsock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// whole is a client that asks for everything, and takes what comes until a chunk is not full.
func whole(c *Client) error {
	if err := c.Ask(); err != nil {
		return err
	}
	for chunk, err := range c.Chunks() {
		if err != nil || len(chunk) < Chunk {
			return err
		}
	}
	return nil
}

// made is a test file.
func made(t *testing.T, size int64) *os.File {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, dir)
	}
	file, err := testFile(t.Context(), size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// What a server withholds, repeats or alters does not pass for the file.
func TestCompare(t *testing.T) {
	file := made(t, 4*Chunk+1)
	for _, c := range []struct {
		chunks []int64 // which ones the server sends
		want   string
	}{
		{[]int64{0, 1, 2, 3, 4}, ""},
		{[]int64{0, 1, 3, 4}, "1000001 bytes, and 750001 were received"},
		{[]int64{0, 1, 3, 2, 4}, "other content"},
		{[]int64{0, 1, 1, 3, 4}, "other content"},
		{[]int64{0, 1, 2, 2, 3, 4}, "1250001 were received"},
	} {
		serve := func(s *Server) error {
			for e := range s.Events() {
				for _, i := range c.chunks {
					if e.Type != zsock.Message {
						continue
					}
					chunk, err := s.Read(i*Chunk, Chunk)
					if err == nil {
						err = s.Send(e.Peer, [][]byte{chunk})
					}
					if err != nil {
						return err
					}
				}
			}
			return nil
		}
		got, err := Model{Serve: serve, Fetch: whole}.Send(limited(t), file)
		if err != nil {
			t.Fatal(err)
		}
		err = got.compare(file)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("of chunks %v it says %v", c.chunks, err)
		}
	}
}

// limited is a context that ends before the test's patience does.
func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// The client does not wait for a server that failed, and the other way round.
func TestFailure(t *testing.T) {
	file := made(t, 1)
	broken := errors.New("broken")
	if _, err := (Model{Serve: func(*Server) error { return broken }, Fetch: whole}).Send(limited(t), file); !errors.Is(err, broken) {
		t.Errorf("the server is broken: %v", err)
	}
	if _, err := (Model{Serve: ServeChunks, Fetch: func(*Client) error { return broken }}).Send(limited(t), file); !errors.Is(err, broken) {
		t.Errorf("the client is broken: %v", err)
	}
	shut := func(s *Server) error {
		for range s.Events() {
			s.Close()
		}
		return nil
	}
	if _, err := (Model{Serve: shut, Fetch: whole}).Send(limited(t), file); err != errGone {
		t.Errorf("the server is gone: %v", err)
	}
	ctx, cancel := context.WithCancel(limited(t))
	interrupted := func(s *Server) error {
		for range s.Events() {
			cancel()
		}
		return nil
	}
	if _, err := (Model{Serve: interrupted, Fetch: whole}).Send(ctx, file); !errors.Is(err, context.Canceled) {
		t.Errorf("it was interrupted: %v", err)
	}
}

func TestWish(t *testing.T) {
	for text, want := range map[string]bool{
		"fetch 0 1": true, "fetch 9223372036854775807 250000": true,
		"": false, "fetch": false, "fetch 0": false, "fetch 0 0": false, "fetch 0 250001": false, "fetch 0 -1": false, "fetch -1 1": false,
		"fetch 9223372036854775808 1": false, "fetch 0 x": false, "fetch x 1": false, "fetch 0 1 1": false, "Fetch 0 1": false,
	} {
		var frames [][]byte
		for _, word := range strings.Fields(text) {
			frames = append(frames, []byte(word))
		}
		if _, _, ok := wish(frames); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

// A test file is made once, and again only if its size is wrong or it is no file.
func TestTestFile(t *testing.T) {
	first := content(t, made(t, 1<<20+5))
	if len(first) != 1<<20+5 {
		t.Fatalf("it has %d octets", len(first))
	}
	again := func() *os.File {
		t.Helper()
		file, err := testFile(t.Context(), 1<<20+5)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { file.Close() })
		return file
	}
	file := again()
	if content(t, file) != first {
		t.Error("it was made twice")
	}
	file.Close()
	path := file.Name()
	if err := os.Truncate(path, 7); err != nil {
		t.Fatal(err)
	}
	file = again()
	if got := content(t, file); len(got) != len(first) || got == first {
		t.Errorf("one of 7 octets was taken: now it has %d", len(got))
	}
	file.Close()

	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, make([]byte, 1<<20+5), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(path), os.Symlink(other, path)); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	if got := content(t, again()); strings.Count(got, "\x00") == len(got) {
		t.Error("a link that somebody else may have put there was followed")
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := testFile(ctx, 9); err == nil {
		t.Error("an interrupt makes no difference")
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("litter is left: %v, %v", list, err)
	}
}

func content(t *testing.T, file *os.File) string {
	t.Helper()
	b, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
