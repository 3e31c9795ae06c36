package zpl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/zeromq/gozyre/tools/internal/cli"
	visible "github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/zpl"
)

// Conversion says what Convert is to do.
type Conversion struct {
	File   string
	From   string // zpl, toml or json; empty: what File ends in
	To     string // empty: what Output ends in
	Output string // empty: stdout
}

// language is one for configuration. Each is read into the tree that ZPL
// has, and written from it.
type language struct {
	read  func(file string, data []byte) (*zpl.Node, error)
	write func(file string, root *zpl.Node) ([]byte, error)
}

var formats = map[string]language{
	"zpl":  {parseZPL, formatZPL},
	"toml": {ParseTOML, formatTOML},
	"json": {parseJSON, formatJSON},
}

// Convert turns a file of one format into another.
func Convert(ctx context.Context, c Conversion, std cli.Streams) error {
	from, err := choose("--from", c.From, c.File)
	if err != nil {
		return err
	}
	to, err := choose("--to", c.To, c.Output)
	if err != nil {
		return err
	}
	if from == to {
		return cli.Usagef("convert: from %s to %s: nothing to do (zpl fmt formats ZPL)", from, to)
	}
	data, err := read(ctx, c.File, std)
	if err != nil {
		return err
	}
	root, err := formats[from].read(title(c.File), data)
	if err != nil {
		return err
	}
	data, err = formats[to].write(title(c.File), root)
	if err != nil {
		return err
	}
	if c.Output == "" || c.Output == stdio {
		return show(std.Out, data)
	}
	return save(c.Output, data, modeLike(c.File))
}

// choose returns the format that a flag says, or else the end of a file's name.
func choose(flag, name, file string) (string, error) {
	if name == "" {
		name = strings.ToLower(strings.TrimPrefix(filepath.Ext(file), "."))
		if _, known := formats[name]; !known {
			return "", cli.Usagef("convert: %s is needed: zpl, toml or json (no name of a file says it)", flag)
		}
	}
	if _, known := formats[name]; !known {
		return "", cli.Usagef("convert: %s %s: there are zpl, toml and json", flag, name)
	}
	return name, nil
}

// modeLike is the mode of a new file that says what another says: passwords
// that only the owner can read stay so.
func modeLike(file string) fs.FileMode {
	if info, err := os.Stat(file); err == nil && file != stdio {
		return info.Mode().Perm()
	}
	return 0o600
}

func parseZPL(file string, data []byte) (*zpl.Node, error) {
	root, err := zpl.Parse(data)
	if err != nil {
		return nil, explain(file, err)
	}
	return root, nil
}

func formatZPL(file string, root *zpl.Node) ([]byte, error) {
	data, err := root.Text()
	if err != nil {
		return nil, explain(file, err)
	}
	return data, nil
}

// own is the key of a property's own value where it has children too. No
// property can have that name.
const own = "="

// Why a value cannot become ZPL.
var (
	errNull       = errors.New("null: ZPL has no such value")
	errNoEntries  = errors.New("an array without entries: ZPL cannot say that")
	errNoKeys     = errors.New("a table without entries: ZPL cannot tell it from an empty value")
	errArrays     = errors.New("an array in an array: ZPL has none")
	errOwn        = fmt.Errorf("the key %q means the value of a property that has children as well: it takes one value, not at the outermost level", own)
	errDeep       = fmt.Errorf("too many levels: %d are possible", zpl.MaxDepth)
	errSurrogates = errors.New("half of a surrogate pair: no character")
)

// add gives parent a property, and tells at once if ZPL cannot write it.
func add(parent *zpl.Node, name, value string) (*zpl.Node, error) {
	n := &zpl.Node{Name: name, Value: value}
	alone := zpl.Node{Children: []*zpl.Node{n}}
	if _, err := alone.Text(); err != nil {
		return nil, err
	}
	parent.Children = append(parent.Children, n)
	return n, nil
}

// shorten returns a path for a message.
func shorten(path string) string {
	const most = 100
	if shown := []rune(visible.Text(path)); len(shown) > most {
		return "…" + string(shown[len(shown)-most:])
	}
	return visible.Text(path)
}

// entry is what ZPL's children of one name are elsewhere: a value, or an array.
type entry struct {
	name  string
	nodes []*zpl.Node
}

// entries groups the children of n by name. Properties of one name that stand
// apart would lose their places among the others: that is an error.
func entries(file string, n *zpl.Node) ([]entry, error) {
	var all []entry
	seen := map[string]int{}
	for _, child := range n.Children {
		i, again := seen[child.Name]
		switch {
		case !again:
			seen[child.Name] = len(all)
			all = append(all, entry{name: child.Name})
			i = len(all) - 1
		case i != len(all)-1:
			return nil, fmt.Errorf("%s:%d: %s: others stand between this one and that of line %d, and an array would lose this order: put them together",
				file, child.Line, child.Name, all[i].nodes[0].Line)
		}
		if !utf8.ValidString(child.Value) {
			return nil, fmt.Errorf("%s:%d: %s: the value is not UTF-8, which TOML and JSON need", file, child.Line, child.Name)
		}
		all[i].nodes = append(all[i].nodes, child)
	}
	return all, nil
}

// leaf reports whether a property has no children, and is a value elsewhere.
func leaf(n *zpl.Node) bool { return len(n.Children) == 0 }

func anyLeaf(nodes []*zpl.Node) bool { return slices.ContainsFunc(nodes, leaf) }
