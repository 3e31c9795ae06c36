//go:build unix

package wireshark_test

import (
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// vector is a test vector: what is on the wire, and what it means.
type vector struct {
	name, message, fault string
	fields               [][2]string // name, and values as they stand there
	frames               [][]byte
}

// vectors reads a file of them; rfcs/vectors/README.md has the form.
func vectors(t *testing.T, data []byte) []vector {
	t.Helper()
	var list []vector
	for _, f := range txtar.Parse(data).Files {
		v := vector{name: f.Name}
		for line := range strings.Lines(string(f.Data)) {
			line = strings.TrimRight(line, "\n")
			name, rest, _ := strings.Cut(line, " ")
			switch {
			case strings.HasPrefix(rest, "="):
				v.fields = append(v.fields, [2]string{name, rest[1:]})
			case name == "message":
				v.message = rest
			case name == "error":
				v.fault = rest
			case name == "frame":
				v.frames = append(v.frames, octets(t, rest))
			}
		}
		list = append(list, v)
	}
	return list
}

// octets reads hexadecimal digits, in words, of which some are said to repeat.
func octets(t *testing.T, line string) []byte {
	t.Helper()
	all := []byte{}
	for word := range strings.FieldsSeq(line) {
		digits, times, repeated := strings.Cut(word, "*")
		n := 1
		if repeated {
			var err error
			if n, err = strconv.Atoi(times); err != nil {
				t.Fatal(err)
			}
		}
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.Repeat(string(b), n)...)
	}
	return all
}

var value = regexp.MustCompile(`(?:"([^"]*)"|0x([0-9a-f]*)|([0-9]+)|=)(?:\*([0-9]+))?`)

// want lists the fields that the dissector has to show, as "name octets".
func (v vector) want(t *testing.T, c *zproto.Class, prefix string) []string {
	t.Helper()
	fields := append(c.Header[:len(c.Header):len(c.Header)], c.Message(v.message).Fields...)
	var list []string
	for _, line := range v.fields {
		var f *zproto.Field
		for _, g := range fields {
			if g.Name == line[0] {
				f = g
			}
		}
		key := true
		for _, m := range value.FindAllStringSubmatch(line[1], -1) {
			var b []byte
			switch {
			case m[0] == "=":
				continue
			case m[3] != "":
				n, err := strconv.ParseUint(m[3], 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				b = binary.BigEndian.AppendUint64(nil, n)[8-f.Size:]
			case strings.HasPrefix(m[0], "0x"):
				b = octets(t, m[2])
			default:
				b = []byte(unescape(t, m[1]))
			}
			if m[4] != "" {
				n, err := strconv.Atoi(m[4])
				if err != nil {
					t.Fatal(err)
				}
				b = []byte(strings.Repeat(string(b), n))
			}
			name := prefix + "." + strings.ToLower(f.Name)
			if f.Type == zproto.Hash {
				name += map[bool]string{true: ".key", false: ".value"}[key]
				key = !key
			}
			list = append(list, name+" "+hex.EncodeToString(b))
		}
	}
	return list
}

func unescape(t *testing.T, s string) string {
	t.Helper()
	return regexp.MustCompile(`\\x..`).ReplaceAllStringFunc(s, func(x string) string { return string(octets(t, x[2:])) })
}

// models are those of messages with a signature, and the vectors of each.
func models(t *testing.T) map[*zproto.Class][]vector {
	t.Helper()
	all := map[*zproto.Class][]vector{}
	err := fs.WalkDir(codecs, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == "testdata" || d.Name() == "examples" {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".xml") {
			return nil
		}
		c, err := zproto.Load("../../codecs/" + name)
		if err != nil || c.Signature < 0 || c.Engine != zproto.NoEngine {
			return err
		}
		files, err := zproto.Vectors(c)
		for _, data := range files {
			all[c] = append(all[c], vectors(t, data)...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 7 {
		t.Fatalf("there are %d models only", len(all))
	}
	return all
}
