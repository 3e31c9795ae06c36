package fmqtest_test

import (
	"os"
	"testing"

	fmq "github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/libfmq/fmqtest"
)

// What stands in a test of a program that receives files.
func ExampleStart() {
	var t *testing.T // of your own test
	p := fmqtest.Start(t, fmq.Subscription{Mirror: true})
	p.Put("hello.txt", "hello")
	e := p.Await(fmq.Deliver)
	if text, err := os.ReadFile(e.File); string(text) != "hello" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}
