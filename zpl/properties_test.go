package zpl_test

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/zeromq/gozyre/zpl"
)

var (
	names  = rapid.StringMatching(`[A-Za-z0-9$_@.&+/-]{1,5}`)
	values = rapid.OneOf(rapid.StringMatching(`[a"'# \t=ä]{0,6}`), rapid.StringN(0, 20, -1), rapid.StringMatching(`[ -~]*`))
	// texts that have a good chance to be right.
	texts = rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		level := -1
		for range rapid.IntRange(0, 12).Draw(t, "lines") {
			end := rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\r"}).Draw(t, "end")
			switch blank := rapid.StringMatching(`[ \t]{0,9}`); rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				b.WriteString(blank.Draw(t, "blank") + end)
			case 1:
				b.WriteString(blank.Draw(t, "blank") + "#" + rapid.StringMatching(`[ a#"']{0,5}`).Draw(t, "comment") + end)
			default:
				level = rapid.IntRange(0, level+1).Draw(t, "level")
				b.WriteString(strings.Repeat("    ", level) + names.Draw(t, "name"))
				b.WriteString(rapid.StringMatching(`([ \t]{0,2}=[ "'a#\t=]{0,8})?([ \t]*#[a '"]{0,4})?`).Draw(t, "rest") + end)
			}
		}
		return strings.TrimSuffix(b.String(), rapid.SampledFrom([]string{"", "\n"}).Draw(t, "last"))
	})
)

func trees(depth int) *rapid.Generator[*zpl.Node] {
	return rapid.Custom(func(t *rapid.T) *zpl.Node {
		n := &zpl.Node{Name: names.Draw(t, "name"), Value: values.Draw(t, "value")}
		if depth > 0 {
			n.Children = rapid.SliceOfN(trees(depth-1), 0, 4).Draw(t, "children")
		}
		return n
	})
}

// tree → text → tree
func TestTreeText(t *testing.T) {
	written := 0
	rapid.Check(t, func(t *rapid.T) {
		root := trees(3).Draw(t, "root")
		out, err := root.Text()
		if err != nil {
			if !errors.Is(err, zpl.ErrUnwritable) || !strings.Contains(err.Error(), "a value ") {
				t.Fatal(err)
			}
			return
		}
		written++
		again, err := zpl.Parse(out)
		if err != nil || outline(again) != outline(root) {
			t.Fatalf("%q: %s, want %s, %v", out, outline(again), outline(root), err)
		}
	})
	if written == 0 {
		t.Error("no tree was written")
	}
}

// text → tree → text, octet for octet; text → format → format, and its meaning.
func TestTextTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkText(t, []byte(texts.Draw(t, "text")), true) })
}

type tester interface {
	Fatalf(format string, args ...any)
	Helper()
}

func checkText(t tester, data []byte, right bool) {
	t.Helper()
	root, err := zpl.Parse(data)
	if err != nil {
		var wrong *zpl.SyntaxError
		if !errors.As(err, &wrong) || wrong.Explain() == "" || right {
			t.Fatalf("%q: %v", data, err)
		}
		return
	}
	out, err := root.Text()
	if err != nil || !bytes.Equal(out, data) {
		t.Fatalf("%q was written as %q, %v", data, out, err)
	}
	once, err := zpl.Format(data)
	if errors.Is(err, zpl.ErrUnwritable) {
		return // longer than a text may be
	}
	same, parseErr := zpl.Parse(once)
	if err != nil || parseErr != nil || outline(same) != outline(root) {
		t.Fatalf("%q was formatted as %q, %v, %v", data, once, err, parseErr)
	}
	if twice, err := zpl.Format(once); err != nil || !bytes.Equal(once, twice) {
		t.Fatalf("%q was formatted as %q and then as %q, %v", data, once, twice, err)
	}
}

// Whatever is set in whatever text, it is there afterwards, and all else is as
// it was; and comments stay.
func TestSetText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := texts.Draw(t, "text")
		root, err := zpl.Parse([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		path := "/new"
		var paths []string
		for path, n := range root.Walk() {
			if !strings.Contains(n.Name, "/") && root.Get(path) == n {
				paths = append(paths, path)
			}
		}
		if len(paths) > 0 {
			path = rapid.SampledFrom(paths).Draw(t, "path") + rapid.SampledFrom([]string{"", "/new"}).Draw(t, "below")
		}
		value := values.Draw(t, "value")
		if err := root.Set(path, value); err != nil {
			if out, _ := root.Text(); string(out) != before {
				t.Fatalf("%q was changed to %q all the same", before, out)
			}
			return
		}
		out, err := root.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, err := zpl.Parse(out)
		if err != nil || outline(again) != outline(root) {
			t.Fatalf("%q: %q: %v", before, out, err)
		}
		if got, _ := again.Lookup(path); got != value {
			t.Fatalf("%q: %q: %q, want %q", before, out, got, value)
		}
		if strings.Count(before, "\n#")+strings.Count(before, "\r#") > strings.Count(string(out), "\n#")+strings.Count(string(out), "\r#") {
			t.Fatalf("%q: %q: a comment is gone", before, out)
		}
	})
}

// Remove takes the property, and nothing else has another meaning.
func TestRemoveText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root, err := zpl.Parse([]byte(texts.Draw(t, "text")))
		if err != nil {
			t.Fatal(err)
		}
		for path, n := range root.Walk() {
			if root.Get(path) != n || !rapid.Bool().Draw(t, "this") {
				continue
			}
			if !root.Remove(path) || root.Get(path) == n {
				t.Fatalf("%s is still there", path)
			}
			out, err := root.Text()
			if err != nil {
				t.Fatal(err)
			}
			if again, err := zpl.Parse(out); err != nil || outline(again) != outline(root) {
				t.Fatalf("%q: %v", out, err)
			}
			return
		}
	})
}

type kinds struct {
	S    string                       `zpl:"s"`
	B    bool                         `zpl:"b"`
	I8   int8                         `zpl:"i8"`
	I64  int64                        `zpl:"i64"`
	U16  uint16                       `zpl:"u16"`
	U64  uint64                       `zpl:"u64,size"`
	N32  int32                        `zpl:"n32,size"`
	F32  float32                      `zpl:"f32"`
	F64  float64                      `zpl:"f64"`
	D    time.Duration                `zpl:"d"`
	Time time.Time                    `zpl:"time"`
	Text []string                     `zpl:"text"`
	Ints []int                        `zpl:"ints"`
	Ptr  *uint32                      `zpl:"ptr"`
	Map  map[string]string            `zpl:"map"`
	Deep map[string]map[string][]bool `zpl:"deep"`
	Sub  struct {
		Own  string   `zpl:",value"`
		List []kinds2 `zpl:"list"`
	} `zpl:"sub"`
	Octets []byte   `zpl:"octets"`
	Next   *kinds2  `zpl:"next"`
	Blobs  [][]byte `zpl:"blobs"`
}

type kinds2 struct {
	A string             `zpl:"a"`
	F map[string]float64 `zpl:"f"`
}

func filled[V any](t *rapid.T, g *rapid.Generator[V], name string) []V {
	if s := rapid.SliceOfN(g, 0, 3).Draw(t, name); len(s) > 0 {
		return s
	}
	return nil
}

func filledMap[V any](t *rapid.T, g *rapid.Generator[V], name string) map[string]V {
	if m := rapid.MapOfN(names, g, 0, 3).Draw(t, name); len(m) > 0 {
		return m
	}
	return nil
}

// struct → text → struct
func TestStructText(t *testing.T) {
	second := rapid.Custom(func(t *rapid.T) kinds2 {
		return kinds2{values.Draw(t, "a"), filledMap(t, rapid.Float64(), "f")}
	})
	written := 0
	rapid.Check(t, func(t *rapid.T) {
		k := kinds{
			S: values.Draw(t, "s"), B: rapid.Bool().Draw(t, "b"), I8: rapid.Int8().Draw(t, "i8"), I64: rapid.Int64().Draw(t, "i64"),
			U16: rapid.Uint16().Draw(t, "u16"), U64: rapid.Uint64().Draw(t, "u64"), N32: rapid.Int32Min(0).Draw(t, "n32"),
			F32: rapid.Float32().Draw(t, "f32"), F64: rapid.Float64().Draw(t, "f64"), D: time.Duration(rapid.Int64().Draw(t, "d")),
			Text: filled(t, values, "text"), Ints: filled(t, rapid.Int(), "ints"), Map: filledMap(t, values, "map"),
		}
		if rapid.Bool().Draw(t, "has") {
			u := rapid.Uint32().Draw(t, "ptr")
			next := second.Draw(t, "next")
			k.Ptr, k.Next = &u, &next
			k.Time = time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "unix"), 0).UTC()
			k.Sub.Own, k.Sub.List = values.Draw(t, "own"), filled(t, second, "list")
			k.Deep = map[string]map[string][]bool{"x": {"y": {true, false}}}
			k.U64 = k.U64 >> 40 << 30
			k.D = k.D.Truncate(time.Minute)
			if s := values.Draw(t, "octets"); s != "" {
				k.Octets, k.Blobs = []byte(s), [][]byte{[]byte(s), {}}
			}
		}
		out, err := zpl.Marshal(k)
		if errors.Is(err, zpl.ErrUnwritable) {
			return
		}
		var got kinds
		if err == nil {
			err = zpl.Unmarshal(out, &got)
		}
		if err != nil || !reflect.DeepEqual(got, k) {
			t.Fatalf("%s\n%+v\n%+v\n%v", out, k, got, err)
		}
		written++
	})
	if written == 0 {
		t.Error("no struct was written")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("# c\r\n\r\na = \"b\" # c\n    b\t=\t'x' \n  # foot\n\n# end"))
	f.Add([]byte("a = \"b # x\"\na = 'b' c\na=\"\nb = it's"))
	f.Add([]byte("publish\n    location = /srv\n    virtual = /\npublish\n    location = x\rbind\n"))
	f.Add([]byte("a\n\tb\n"))
	f.Add([]byte("\uFEFFa = \x00"))
	f.Fuzz(func(t *testing.T, data []byte) { checkText(t, data, false) })
}

func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte("s = \"x # y\"\nb = 1\ni8 = -128\ni64 = 5\nu16 = 65535\nu64 = 4KiB\nn32 = 3MB\nf32 = 1.5\nf64 = 1e300\nd = 1h30m\n"))
	f.Add([]byte("time = 2026-01-02T03:04:05Z\ntext = a\ntext\nints = 1\nints = 2\nptr = 0\nmap\n    a = 1\n    b\n"))
	f.Add([]byte("deep\n    a\n        b = yes\n        b = 0\nsub = own\n    list\n        a = 1\n        f\n            x = 1\n    list\noctets = \xff\nnext\nblobs\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var first kinds
		if err := zpl.Unmarshal(data, &first); err != nil {
			var wrong *zpl.SyntaxError
			if !errors.As(err, &wrong) || wrong.Explain() == "" {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		for _, m := range append([]map[string]float64{{"a": float64(first.F32), "b": first.F64}}, floats(first)...) {
			for _, x := range m {
				if math.IsNaN(x) {
					return // equals nothing
				}
			}
		}
		out, err := zpl.Marshal(first)
		if errors.Is(err, zpl.ErrUnwritable) && len(data) > zpl.MaxSize/2 {
			return // written otherwise it is longer
		}
		var second kinds
		if err == nil {
			err = zpl.Unmarshal(out, &second)
		}
		if err != nil {
			t.Fatalf("%q: %q: %v", data, out, err)
		}
		third, err := zpl.Marshal(second)
		if err != nil || !bytes.Equal(out, third) {
			t.Fatalf("%q: %q, then %q: %v", data, out, third, err)
		}
	})
}

func floats(k kinds) []map[string]float64 {
	var all []map[string]float64
	for _, l := range k.Sub.List {
		all = append(all, l.F)
	}
	if k.Next != nil {
		all = append(all, k.Next.F)
	}
	return all
}
