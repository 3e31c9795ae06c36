package zproto_test

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// all gives the models of this module.
func all(t *testing.T) []*zproto.Class {
	t.Helper()
	var list []*zproto.Class
	for _, pattern := range []string{"../*/*_msg.xml", "../*/*/*_msg.xml", "internal/*/*.xml"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			c, err := zproto.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, c)
		}
	}
	if len(list) < 2 {
		t.Fatalf("there are %d models", len(list))
	}
	return list
}

// The vectors are the same each time, and there are some for each message and each fault.
func TestVectors(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range all(t) {
		files, err := zproto.Vectors(c)
		if err != nil {
			t.Errorf("%s: %v", c.File, err)
			continue
		}
		again, err := zproto.Vectors(c)
		if err != nil || len(files) != len(c.Messages)+1 {
			t.Errorf("%s has %d messages, but %d files, %v", c.File, len(c.Messages), len(files), err)
		}
		size := 0
		for name, text := range files {
			size += len(text)
			if string(text) != string(again[name]) {
				t.Errorf("%s: %s is another one the second time", c.File, name)
			}
			if !strings.Contains(string(text), "\nframe ") {
				t.Errorf("%s: %s has no frame", c.File, name)
			}
			for _, line := range strings.Split(string(text), "\n") {
				if fault, ok := strings.CutPrefix(line, "error "); ok {
					seen[fault] = true
				}
			}
		}
		t.Logf("%s: %d files, %d octets", c.File, len(files), size)
	}
	for _, f := range zproto.Faults() {
		if !seen[string(f)] {
			t.Errorf("no vector has the error %s", f)
		}
	}
}

// What Random draws can be encoded, and decodes to the same.
func TestRandom(t *testing.T) {
	for _, c := range all(t) {
		r := rand.New(rand.NewPCG(1, 2))
		messages := map[string]int{}
		for range 2000 {
			v := c.Random(r, 40)
			messages[v.Message.Name]++
			frames, err := v.Encode()
			if err != nil {
				t.Fatalf("%s: %v\n%s", c.File, err, v.Text())
			}
			got, err := c.Decode(frames, v.Message)
			if err != nil {
				t.Fatalf("%s: %v\n%s", c.File, err, v.Text())
			}
			if got.Text() != v.Text() {
				t.Fatalf("%s: decoded\n%s, encoded\n%s", c.File, got.Text(), v.Text())
			}
			again, err := got.Encode()
			if err != nil || !slices.EqualFunc(frames, again, func(a, b []byte) bool { return string(a) == string(b) }) {
				t.Fatalf("%s: %x, then %x, %v", c.File, frames, again, err)
			}
		}
		if len(messages) != len(c.Messages) {
			t.Errorf("%s: only %v", c.File, messages)
		}
	}
}
