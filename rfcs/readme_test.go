package rfcs_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/rfcs"
)

// fenced gives the blocks of a Markdown text that stand between ```language and ```.
func fenced(text, language string) []string {
	var blocks []string
	for _, part := range strings.Split("\n"+text, "\n```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(part, "\n```")
		blocks = append(blocks, block+"\n")
	}
	return blocks
}

// dump prints every vector as JSON, octets in hexadecimal.
const dump = `
import json, sys

def plain(x):
    if isinstance(x, bytes):
        return x.hex()
    return [plain(y) for y in x] if isinstance(x, (list, tuple)) else x

for file in sys.argv[1:]:
    for v in vectors(file):
        v["fields"] = {name: plain(value) for name, value in v["fields"].items()}
        v["frames"] = plain(v["frames"])
        v["file"] = file
        print(json.dumps(v))
`

// TestPythonReader runs the reader of vectors/README.md, which has to read what the tests of this module read.
func TestPythonReader(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no python3 here, and CI must have it")
		}
		t.Skip("there is no python3 here")
	}
	text, err := fs.ReadFile(rfcs.Vectors(), "README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := fenced(string(text), "python")
	if len(blocks) != 1 {
		t.Fatalf("README.md has %d blocks of Python, not one", len(blocks))
	}
	script := filepath.Join(t.TempDir(), "vectors.py")
	if err := os.WriteFile(script, []byte(blocks[0]+dump), 0o666); err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(rfcs.Vectors(), "*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), python, append([]string{script}, files...)...)
	command.Dir = "vectors"
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var got []map[string]any
	d := json.NewDecoder(bytes.NewReader(out))
	d.UseNumber() // 64 bits do not fit into what JSON's numbers become otherwise
	for d.More() {
		var v map[string]any
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	n := 0
	for _, file := range files {
		text, err := fs.ReadFile(rfcs.Vectors(), file)
		if err != nil {
			t.Fatal(err)
		}
		list, err := readVectors(file, string(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range list {
			if n >= len(got) {
				t.Fatalf("Python reads only %d vectors", len(got))
			}
			if want := v.plain(t); !reflect.DeepEqual(got[n], want) {
				t.Errorf("%s: Python reads\n%v, not\n%v", v, got[n], want)
			}
			n++
		}
	}
	report(t, "%d vectors of %d files are read alike by Python and Go", n, len(files))
}

// plain is the vector as dump prints it.
func (v *vector) plain(t *testing.T) map[string]any {
	t.Helper()
	fields := map[string]any{}
	for _, f := range v.fields {
		list := []any{}
		for _, x := range f.values {
			switch {
			case x.octets == nil:
				list = append(list, x.number)
			case x.key != nil:
				list = append(list, []string{hex.EncodeToString(x.key), hex.EncodeToString(x.octets)})
			default:
				list = append(list, hex.EncodeToString(x.octets))
			}
		}
		fields[f.name] = list
	}
	frames := []string{}
	for _, f := range v.frames {
		frames = append(frames, hex.EncodeToString(f))
	}
	data, err := json.Marshal(map[string]any{
		"file": v.file, "name": v.name, "message": v.message, "as": v.as, "error": v.err, "fields": fields, "frames": frames,
	})
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&plain); err != nil {
		t.Fatal(err)
	}
	return plain
}
