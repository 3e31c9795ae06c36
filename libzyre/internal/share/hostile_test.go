package share_test

import (
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// named is a file under any name.
type named struct{ path, content string }

// serve starts a file server that sends files under the names that it is given, whatever those are, to whoever asks, and gives its endpoint.
func serve(t *testing.T, files []named) string {
	t.Helper()
	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := sockets.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*"})
	if err != nil {
		sockets.Close()
		t.Fatal(err)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() {
		close(stop)
		<-stopped
		sockets.Close()
	})
	say := func(peer []byte, m fmq.Message) {
		frame, err := m.Append(nil)
		if err != nil {
			t.Errorf("%q: %v", m.Filename, err)
			return
		}
		listener.Send(peer, [][]byte{frame})
	}
	go func() {
		defer close(stopped)
		sent := false
		for {
			select {
			case <-stop:
				return
			case <-sockets.Inbox().Ready():
			}
			for _, e := range sockets.Inbox().Take(nil) {
				var m fmq.Message
				if e.Type != zsock.Message || m.Parse(e.Frames) != nil {
					continue
				}
				switch m.ID {
				case fmq.IDOhai:
					say(e.Peer, fmq.Message{ID: fmq.IDOhaiOK})
				case fmq.IDIcanhaz:
					say(e.Peer, fmq.Message{ID: fmq.IDIcanhazOK})
				case fmq.IDHugz:
					say(e.Peer, fmq.Message{ID: fmq.IDHugzOK})
				case fmq.IDNom:
					if sent {
						continue
					}
					sent = true
					for i, f := range files {
						digest := fmt.Sprintf("%X", sha1.Sum([]byte(f.content)))
						say(e.Peer, fmq.Message{
							ID: fmq.IDCheezburger, Sequence: uint64(i + 1), Operation: fmq.OperationCreate, Filename: []byte(f.path), Eof: 1,
							Chunk: []byte(f.content), Headers: []wire.Pair{{Key: []byte("SHA1"), Value: []byte(digest)}},
						})
					}
				}
			}
		}
	}()
	return listener.Endpoint()
}

// A peer may publish any name: it stays in the peer's folder, or is refused, and the next file comes all the same.
func TestHostileNames(t *testing.T) {
	long := strings.Repeat("n", 255)
	bad := []string{
		"/../../x", "/a/../../x", "/..", "/.", "//x", "/", "/a//b", "/a/", "x", "../x", "", "/.filemq/x", "/.FileMQ/partial/x", "/" + long + "n", "/" + strings.Repeat("n/", 3000) + "n",
		"/.groups/../x", "/.groups/../../x", "/.groups/x", "/.groups/OTHERS/x", "/.Groups/OTHERS/x", "/.groups", "/" + strings.Repeat("d/", 300) + "x",
	}
	odd := []string{"/a\x1b[2Jb", "/a\r\nb", "/\x07", "/\u202egpj.exe", "/\xff\xfe"} // a person must not be shown them as they are; file systems of Unix take them
	good := []string{"/" + long, "/...", "/..x", "/.hidden/x", "/.groupsx", "/x/.groups/x", "/\\..\\x", "/-rf", "/~", "/con/x", "/a:b"}
	if runtime.GOOS != "linux" {
		bad, odd, good = append(bad, odd...), nil, good[:1]
	}
	var all []named
	for _, name := range slices.Concat(bad, odd, good) {
		all = append(all, named{name, "content of " + name})
	}
	all = append(all, named{"/last", "last"})

	cfg := zyretest.Config(t)
	top := t.TempDir()
	bobs := cfg
	bobs.Name, bobs.Inbox, bobs.Outbox = "bob", filepath.Join(top, "a/b/c/inbox"), filepath.Join(top, "outbox")
	bob := zyretest.Start(t, bobs)
	mallory := cfg
	mallory.Name, mallory.Headers = "mallory", map[string]string{"X-FILEMQ": serve(t, all)}
	id := zyretest.Start(t, mallory).UUID()

	refused, delivered := []string{}, map[string]string{}
	follow(t, bob, "last file", func(e zyre.Event) bool {
		if strings.ContainsAny(e.String(), "\x1b\r\n\x07\u202e") {
			t.Errorf("%q", e.String())
		}
		switch e.Type {
		case zyre.Refused:
			refused = append(refused, e.Path)
			if e.Group != "" {
				t.Errorf("%+v", e)
			}
			if e.Cause == nil || strings.ContainsAny(e.Cause.Error(), "\x1b\r\n") || len(e.Cause.Error()) > 2000 {
				t.Errorf("%q", e.Cause)
			}
		case zyre.Deliver:
			delivered[e.Path] = e.File
			if e.Group != "" {
				t.Errorf("%+v", e)
			}
		}
		return e.Type == zyre.Deliver && e.Path == "last"
	})
	if len(refused) != len(bad) || bob.Stats().RefusedFiles != uint64(len(bad)) {
		t.Errorf("%d refused, %d counted, want %d: %.100q", len(refused), bob.Stats().RefusedFiles, len(bad), refused)
	}
	if !slices.Contains(refused, ".groups/OTHERS/x") {
		t.Errorf("refused are %.100q", refused)
	}
	for _, name := range slices.Concat(odd, good) {
		file, ok := delivered[strings.TrimPrefix(name, "/")]
		if got, err := os.ReadFile(file); !ok || err != nil || string(got) != "content of "+name {
			t.Errorf("%q: delivered %v, %v", name, ok, err)
		}
	}
	for _, name := range files(t, top) {
		if !strings.HasPrefix(name, "a/b/c/inbox/"+id.String()+"/") {
			t.Errorf("%q is not in the peer's folder", name)
		}
	}
}

// The header of a peer is what anybody may write: nonsense costs nothing, and no other host is connected to than the peer's own.
func TestHostileHeader(t *testing.T) {
	cfg := zyretest.Config(t)
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	for i, header := range []string{"", "x", "tcp://*:0", "tcp://*:99999", strings.Repeat("9", 60_000), "tcp://192.0.2.1:1", "\x00"} {
		mallory := cfg
		mallory.Name, mallory.Headers = fmt.Sprint("mallory", i), map[string]string{"X-FILEMQ": header}
		zyretest.Start(t, mallory)
		zyretest.Next(t, bob, zyre.Enter)
	}
	host := "tcp://192.0.2.1" // a host that nobody has; the port is the peer's
	endpoint := serve(t, []named{{"/x", "x"}})
	mallory := cfg
	mallory.Name, mallory.Headers = "mallory", map[string]string{"X-FILEMQ": host + endpoint[strings.LastIndexByte(endpoint, ':'):]}
	zyretest.Start(t, mallory)
	delivery(t, bob, "x", []byte("x"))
}
