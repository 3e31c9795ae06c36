package zpl

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/zpl"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestConversionKeepsTheTree: what another format can say comes back as it
// was: names, values, order, values beside children.
func TestConversionKeepsTheTree(t *testing.T) {
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 0))
		root := &zpl.Node{}
		grow(random, root, 0)
		for _, name := range []string{"json", "toml"} {
			text, err := formats[name].write("tree", root)
			if err != nil {
				t.Fatalf("seed %d: to %s: %v\n%s", seed, name, err, tree(root))
			}
			back, err := formats[name].read("tree", text)
			if err != nil {
				t.Fatalf("seed %d: from %s: %v\n%s", seed, name, err, text)
			}
			if got, want := tree(back), tree(root); got != want {
				t.Fatalf("seed %d: %s made\n%s\nof\n%s\nby\n%s", seed, name, got, want, text)
			}
		}
	}
}

// grow gives n children at random, those of one name side by side.
func grow(random *rand.Rand, n *zpl.Node, depth int) {
	names := []string{"a", "b", "c-d", "e.f", "$", "1", "true", "x/y", "@&+_"}
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:random.IntN(4)] {
		for range 1 + random.IntN(3)*random.IntN(2) {
			child := &zpl.Node{Name: name, Value: value(random)}
			n.Children = append(n.Children, child)
			if depth < 4 && random.IntN(2) == 0 {
				grow(random, child, depth+1)
			}
		}
	}
}

func value(random *rand.Rand) string {
	parts := []string{"", "a", " ", "\t", "\\", "\\u0041", "'", "=", "[", "é", "😀", "\u2028", "<&>", "null", "1e5", "\ufffd"}
	if random.IntN(2) == 0 {
		parts = append(parts, "#") // takes quotes: then one kind of them has to be enough
	} else {
		parts = append(parts, `"`, `"""`)
	}
	var b strings.Builder
	for range random.IntN(5) {
		b.WriteString(parts[random.IntN(len(parts))])
	}
	if text := b.String(); text == strings.Trim(text, " \t'\"") {
		return text
	}
	return "plain"
}

// tree is a tree as text, whatever its values are.
func tree(root *zpl.Node) string {
	var b strings.Builder
	var show func(n *zpl.Node, indent string)
	show = func(n *zpl.Node, indent string) {
		for _, child := range n.Children {
			fmt.Fprintf(&b, "%s%s = %q\n", indent, child.Name, child.Value)
			show(child, indent+"    ")
		}
	}
	show(root, "")
	return b.String()
}

func TestTame(t *testing.T) {
	const given, want = "a\t= \u009b1m\r\n\x9bé\n\nb", "a\t= \\u009b1m\\r\n\\x9bé\n\nb"
	if got := string(tame([]byte(given))); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestInterrupt: Ctrl-C ends the waiting for a terminal.
func TestInterrupt(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := read(ctx, stdio, cli.Streams{In: in}); err == nil || err.Error() != "stdin: interrupted" {
		t.Error(err)
	}
}

// FuzzConvert: whatever is accepted makes ZPL, and from there on nothing is
// lost.
func FuzzConvert(f *testing.F) {
	f.Add(true, []byte(`{"a": {"=": "x", "b": [1, true, {"c": "\u00e9"}]}, "d": 1e5}`))
	f.Add(true, []byte(`{"a": "\ud800", "a": null, "b": [[]]}`))
	f.Add(false, []byte("a = 1\nb.c = '''x'''\n[[d]]\ne = {f = [1, {g = 1979-05-27}]}\n[[d]]\n\"=\" = inf\n[d.h]\ni = 07:32:00\n"))
	f.Add(false, []byte("[a.b]\nc = \"\\\"\"\n[a]\nd = [\n{x=1,y=2}, # c\n{y=1,x=2},\n]\n"))
	f.Fuzz(func(t *testing.T, isJSON bool, data []byte) {
		name := map[bool]string{true: "json", false: "toml"}[isJSON]
		root, err := formats[name].read("file", data)
		if err != nil {
			return
		}
		text, err := formatZPL("file", root)
		if err != nil {
			return // as a whole it is too much for ZPL
		}
		root, err = parseZPL("file", text)
		if err != nil {
			t.Fatalf("our own ZPL: %v\n%s", err, text)
		}
		for name, language := range formats {
			other, err := language.write("file", root)
			if err != nil {
				t.Fatalf("to %s: %v\n%s", name, err, text)
			}
			back, err := language.read("file", other)
			if err != nil {
				t.Fatalf("from %s: %v\n%s", name, err, other)
			}
			if got, want := tree(back), tree(root); got != want {
				t.Fatalf("%s made\n%s\nof\n%s\nby\n%s", name, got, want, other)
			}
		}
	})
}
