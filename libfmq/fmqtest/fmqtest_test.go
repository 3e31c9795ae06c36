package fmqtest_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	fmq "github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/libfmq/fmqtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPair(t *testing.T) {
	p := fmqtest.Start(t, fmq.Subscription{Mirror: true})
	p.Put("a/hello.txt", "hello")
	e := p.Await(fmq.Deliver)
	if e.Name != "a/hello.txt" || e.Path != "/a/hello.txt" || e.Size != 5 {
		t.Errorf("got %+v", e)
	}
	if text, err := os.ReadFile(e.File); string(text) != "hello" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
	if err := os.Remove(filepath.Join(p.Outbox, "a/hello.txt")); err != nil {
		t.Fatal(err)
	}
	if e := p.Await(fmq.Delete); e.Name != "a/hello.txt" {
		t.Errorf("got %+v", e)
	}
	if _, err := os.Stat(e.File); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
}
