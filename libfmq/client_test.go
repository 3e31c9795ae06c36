package fmq

import (
	"os"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
)

// A path is subscribed to, and a file arrives with its time and mode. Credit comes back whole.
func TestOneFile(t *testing.T) {
	f := serve(t, "")
	c := start(t, nil, f)
	subscribe(t, c, "/photos", Subscription{})
	if s := f.open(); string(s.Path) != "/photos" || len(s.Options) != 0 {
		t.Errorf("the client asks for %q with %q", s.Path, s.Options)
	}
	if e := next(t, c, Connected); e.Server != f.endpoint() || e.Time.IsZero() {
		t.Errorf("got %+v", e)
	}
	content := pattern(10_000_000)
	f.file("/photos/2001/cat.jpg", content)
	e := delivered(t, c, "/photos/2001/cat.jpg", content)
	info, err := os.Stat(e.File)
	if err != nil {
		t.Fatal(err)
	}
	if e.Name != "2001/cat.jpg" || e.Sent != e.Size || !info.ModTime().Equal(time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC)) || info.Mode() != 0o600 {
		t.Errorf("got %+v, of %v, %v", e, info.ModTime(), info.Mode())
	}
	receipt := f.await(fmq.IDNom)
	for f.granted-f.sent < 4_000_000 || receipt.Sequence != f.sequence-1 {
		receipt = f.await(fmq.IDNom)
	}
	if f.granted-f.sent != 4_000_000 {
		t.Errorf("the window is %d", f.granted-f.sent)
	}
	f.remove("/photos/2001/cat.jpg")
	if e := next(t, c, Delete); e.Name != "2001/cat.jpg" {
		t.Errorf("got %+v", e)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	f.await(fmq.IDKthxbai)
	if e, ok := <-c.Events(); ok {
		t.Errorf("at the end: got %+v", e)
	}
}
