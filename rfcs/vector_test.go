package rfcs_test

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/rfcs"
)

// vector is one of a file, as vectors/README.md describes it.
type vector struct {
	file, name string
	message    string // empty: frames to be refused
	as         string // which message the frames claim to be, where they do not say that themselves
	err        string
	fields     []field
	frames     [][]byte
}

func (v *vector) String() string { return v.file + ": " + v.name }

// claim is the message that a receiver takes the frames for, where they do not say it.
func (v *vector) claim() string { return v.message + v.as } // one of them is empty

type field struct {
	name   string
	values []value
}

// value is a number, octets, or octets with a key.
type value struct {
	number      uint64
	key, octets []byte
}

// vectors reads all files of a folder.
func vectors(tb testing.TB, folder string) []*vector {
	tb.Helper()
	names, err := fs.Glob(rfcs.Vectors(), folder+"/*.txtar")
	if err != nil || len(names) == 0 {
		tb.Fatalf("there are no vectors of %s: %v", folder, err)
	}
	var list []*vector
	for _, name := range names {
		text, err := fs.ReadFile(rfcs.Vectors(), name)
		if err != nil {
			tb.Fatal(err)
		}
		more, err := readVectors(name, string(text))
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, more...)
	}
	return list
}

func readVectors(file, text string) ([]*vector, error) {
	var list []*vector
	var v *vector
	for n, line := range strings.Split(text, "\n") {
		head, rest, _ := strings.Cut(line, " ")
		var err error
		switch {
		case head == "--":
			v = &vector{file: file, name: strings.TrimSuffix(rest, " --")}
			list = append(list, v)
		case v == nil || line == "":
		case strings.HasPrefix(rest, "="):
			var f field
			f, err = readField(head, rest[1:])
			v.fields = append(v.fields, f)
		case head == "frame":
			var f []byte
			f, err = readFrame(rest)
			v.frames = append(v.frames, f)
		case head == "message":
			v.message = rest
		case head == "as":
			v.as = rest
		case head == "error":
			v.err = rest
		default:
			err = fmt.Errorf("what is %q?", line)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n+1, err)
		}
	}
	return list, nil
}

var (
	run     = regexp.MustCompile(`^([0-9a-f]{2})\*([0-9]+)$`)
	token   = regexp.MustCompile(`^ ?(?:"([^"]*)"|0x([0-9a-f]*)|([0-9]+)|(=))(?:\*([0-9]+))?`)
	escaped = regexp.MustCompile(`\\x[0-9a-f]{2}`)
)

func readFrame(text string) ([]byte, error) {
	frame := []byte{}
	for _, part := range strings.Fields(text) {
		times := 1
		if m := run.FindStringSubmatch(part); m != nil {
			part = m[1]
			times, _ = strconv.Atoi(m[2])
		}
		octets, err := hex.DecodeString(part)
		if err != nil {
			return nil, err
		}
		for range times {
			frame = append(frame, octets...)
		}
	}
	return frame, nil
}

func readField(name, text string) (field, error) {
	f := field{name: name}
	paired := false
	for text != "" {
		m := token.FindStringSubmatchIndex(text)
		if m == nil {
			return f, fmt.Errorf("field %q: what is %q?", name, text)
		}
		part := func(i int) (string, bool) {
			if m[2*i] < 0 {
				return "", false
			}
			return text[m[2*i]:m[2*i+1]], true
		}
		var v value
		if quoted, ok := part(1); ok {
			v.octets = []byte(escaped.ReplaceAllStringFunc(quoted, func(s string) string {
				octets, _ := hex.DecodeString(s[2:])
				return string(octets)
			}))
		} else if data, ok := part(2); ok {
			octets, err := hex.DecodeString(data)
			if err != nil {
				return f, fmt.Errorf("field %q: %w", name, err)
			}
			v.octets = octets
		} else if number, ok := part(3); ok {
			n, err := strconv.ParseUint(number, 10, 64)
			if err != nil {
				return f, fmt.Errorf("field %q: %w", name, err)
			}
			v.number = n
		}
		if times, ok := part(5); ok {
			n, _ := strconv.Atoi(times)
			v.octets = []byte(strings.Repeat(string(v.octets), n))
		}
		_, equals := part(4)
		switch last := len(f.values) - 1; {
		case equals:
			paired = true
		case paired:
			f.values[last].key, f.values[last].octets = f.values[last].octets, v.octets
			paired = false
		default:
			f.values = append(f.values, v)
		}
		text = text[m[1]:]
	}
	return f, nil
}
