package fmq

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(childRole); role != "" {
		os.Exit(runChild(role))
	}
	goleak.VerifyTestMain(m)
}

var resync = wire.Pair{Key: []byte("RESYNC"), Value: []byte("1")}

// files.md (e): who subscribes to a full folder of C filemq's gets nothing of what is there (its RESYNC is commented out). Here RESYNC is for that.
func TestServerSendsWhatIsThereAndWhatComes(t *testing.T) {
	dir := t.TempDir()
	large := make([]byte, 1_000_003)
	for i := range large {
		large[i] = byte(rand.Uint32())
	}
	put(t, dir, "a/large", string(large))
	put(t, dir, "empty", "")
	s := listen(t, ServerConfig{}, dir)
	c := newRaw(t, s.Endpoint())
	c.open("/", resync)
	c.credit(10_000_000)
	if name, content := c.file(); name != "/a/large" || !bytes.Equal(content, large) {
		t.Fatalf("got %s of %d octets", name, len(content))
	}
	if name, content := c.file(); name != "/empty" || len(content) != 0 {
		t.Fatalf("got %s of %d octets", name, len(content))
	}
	late := put(t, dir, "late", "hello")
	if name, content := c.file(); name != "/late" || string(content) != "hello" {
		t.Fatalf("got %s %q", name, content)
	}
	os.Remove(late)
	if m := c.expect(fmq.IDCheezburger); m.Operation != fmq.OperationDelete || string(m.Filename) != "/late" || m.Eof != 0 {
		t.Fatalf("got %+v", m)
	}
}
