package rfcs_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	goabnf "github.com/pandatix/go-abnf"
	"github.com/zeromq/gozyre/codecs/zproto"
)

// TestBlocks: each grammar in a specification, written by hand or not, is legal and complete by itself.
func TestBlocks(t *testing.T) {
	names, err := filepath.Glob("*/README.md")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, block := range fenced(string(text), "abnf") {
			t.Run(fmt.Sprintf("%s/%d", filepath.Dir(name), i+1), func(t *testing.T) { parseABNF(t, name, block) })
			count++
		}
	}
	report(t, "%d grammars in %d specifications are legal and complete", count, len(names))
}

// block gives the grammar of a specification that defines a rule.
func block(tb testing.TB, folder, rule string) *goabnf.Grammar {
	tb.Helper()
	text, err := os.ReadFile(folder + "/README.md")
	if err != nil {
		tb.Fatal(err)
	}
	for _, b := range fenced(string(text), "abnf") {
		for line := range strings.Lines(b) {
			if name, _, ok := strings.Cut(line, "="); ok && strings.TrimSpace(name) == rule {
				return parseABNF(tb, folder, b)
			}
		}
	}
	tb.Fatalf("%s/README.md has no grammar with the rule %s", folder, rule)
	return nil
}

// TestGeneratedGrammars: the published grammar of each model is legal and complete.
func TestGeneratedGrammars(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.folder, func(t *testing.T) {
			text, err := zproto.ABNF(p.class(t), zproto.ABNFOptions{})
			if err != nil {
				t.Fatal(err)
			}
			parseABNF(t, p.folder, string(text))
		})
	}
}

// TestBeacon: the grammar of the beacon, which no model describes, admits its vectors and no other.
func TestBeacon(t *testing.T) {
	grammar := block(t, "beacon", "zre-beacon")
	var accepted, refused int
	for _, v := range vectors(t, "beacon") {
		if len(v.frames) != 1 {
			t.Fatalf("%s: %d datagrams", v, len(v.frames))
		}
		ok, err := grammar.IsValid("zre-beacon", asText(v.frames))
		if err != nil {
			t.Fatal(err)
		}
		if ok != (v.err == "") {
			t.Errorf("%s: the grammar admits it: %v", v, ok)
		}
		if ok {
			accepted++
			if made := beacon(v); !bytes.Equal(made, v.frames[0]) {
				t.Errorf("%s: the fields are %x", v, made)
			}
		} else {
			refused++
		}
	}
	report(t, "%d beacons match their grammar, %d datagrams do not", accepted, refused)
	if accepted == 0 || refused == 0 {
		t.Error("there is nothing to say")
	}
}

// beacon makes one out of the fields of a vector.
func beacon(v *vector) []byte {
	version, _ := strings.CutPrefix(v.message, "ZRE-BEACON-")
	made := append([]byte("ZRE"), version[0]-'0')
	for _, f := range v.fields {
		if f.name == "port" {
			made = append(made, byte(f.values[0].number>>8), byte(f.values[0].number))
		} else {
			made = append(made, f.values[0].octets...)
		}
	}
	return made
}

// recorded are the folders of vectors that the lines of testdata/vectors.txt in the codecs belong to.
var recorded = map[string]string{"ZRE2": "zre", "FMQ2": "filemq"}

// TestRecorded: what living peers sent is what codecs, grammars and vectors say.
func TestRecorded(t *testing.T) {
	names, err := filepath.Glob("../codecs/*/testdata/vectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	languages := map[string]*language{}
	for _, p := range protocols {
		if slices.Contains([]string{"zre", "filemq"}, p.folder) {
			languages[p.folder] = newLanguage(t, p.class(t), 64)
		}
	}
	counts := map[string]int{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			title, frames := readRecorded(t, lines.Text())
			kind, _, _ := strings.Cut(title, " ")
			folder := recorded[kind]
			if folder == "" {
				t.Fatalf("%s: of which protocol is %q?", name, title)
			}
			if !languages[folder].matches(t, frames) {
				t.Errorf("%s: %s: the grammar does not admit it", name, title)
			}
			known := slices.ContainsFunc(vectors(t, folder), func(v *vector) bool {
				return strings.HasSuffix(v.file, "/peers.txtar") && slices.EqualFunc(v.frames, frames, bytes.Equal)
			})
			if !known {
				t.Errorf("%s: %s is not in vectors/%s/peers.txtar, which TestConformance holds the codec to", name, title, folder)
			}
			counts[folder]++
		}
	}
	report(t, "messages of living peers match the grammars, and are among the vectors: %v", counts)
	if len(counts) != len(recorded) {
		t.Error("of some protocols there are none")
	}
}

// readRecorded reads a line: a title, then the frames, with bars between them.
func readRecorded(t *testing.T, line string) (title string, frames [][]byte) {
	t.Helper()
	parts := strings.Split(line, "|")
	for _, part := range parts[1:] {
		frame, err := hex.DecodeString(strings.TrimSpace(part))
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, frame)
	}
	return strings.TrimSpace(parts[0]), frames
}
