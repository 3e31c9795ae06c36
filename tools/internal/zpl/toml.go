package zpl

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	visible "github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/zpl"
)

// ParseTOML reads a text in TOML into the tree that the same text in ZPL has.
// Names keep their order. Where the text is no TOML, the error is a
// *zpl.SyntaxError; an error names file.
func ParseTOML(file string, data []byte) (*zpl.Node, error) {
	if line, deep := nested(data); deep {
		return nil, fmt.Errorf("%s:%d: %w", file, line, errDeep)
	}
	var table map[string]any
	meta, err := toml.Decode(string(data), &table)
	var wrong toml.ParseError
	if errors.As(err, &wrong) {
		return nil, &zpl.SyntaxError{File: file, Line: wrong.Position.Line, Col: max(1, wrong.Position.Col), Msg: visible.Text(wrong.Message)}
	} else if err != nil {
		return nil, fmt.Errorf("%s: %s", file, visible.Text(err.Error()))
	}
	r := tomlReader{file: file, places: map[string][]int{}}
	for i, key := range meta.Keys() {
		r.places[key.String()] = append(r.places[key.String()], i)
	}
	root := &zpl.Node{}
	_, err = r.table(root, table, nil, -1)
	return root, err
}

// nested reports whether keys and brackets lie deeper in each other than ZPL
// can, and in which line. The library takes memory by the square of that.
//
// What a text that is no TOML gives does not matter: the library stops where it
// ceases to be TOML, and up to there this reads as it does.
func nested(data []byte) (line int, deep bool) {
	line = 1
	depth, open := 0, []int{0} // open: the depth of what each open bracket holds
	for i := 0; i < len(data); i++ {
		switch c := data[i]; c {
		case '\n':
			line++
			depth = open[len(open)-1]
		case ',':
			depth = open[len(open)-1]
		case '.':
			depth++
		case '{', '[':
			depth++
			open = append(open, depth)
		case '}', ']':
			if len(open) > 1 {
				open = open[:len(open)-1]
			}
			depth = open[len(open)-1]
		case '#':
			for i+1 < len(data) && data[i+1] != '\n' {
				i++
			}
		case '"', '\'':
			end := skip(data[i:])
			line += strings.Count(string(data[i:i+end]), "\n")
			i += end - 1
		}
		if depth > zpl.MaxDepth {
			return line, true
		}
	}
	return 0, false
}

// skip returns how long the string is that data begins with.
func skip(data []byte) int {
	quote := string(data[:1])
	if long := strings.Repeat(quote, 3); strings.HasPrefix(string(data[:min(3, len(data))]), long) {
		quote = long
	}
	for i := len(quote); i < len(data); i++ {
		switch {
		case data[i] == '\\' && quote[0] == '"':
			i++
		case data[i] == '\n' && len(quote) == 1:
			return i // no TOML
		case data[i] == quote[0] && string(data[i:min(i+len(quote), len(data))]) == quote:
			return i + len(quote)
		}
	}
	return len(data)
}

// tomlReader makes properties of what the library read. That comes as maps,
// without an order, and apart from them all keys in the order of the text:
// those of the entries of an array one behind the other.
type tomlReader struct {
	file   string
	places map[string][]int // of each key, as the library counts them
}

// span is where in the text something begins and ends.
type span struct{ first, last int }

var nowhere = span{math.MaxInt, -1}

func (s span) with(other span) span {
	return span{min(s.first, other.first), max(s.last, other.last)}
}

// table gives n what a table holds, which stands behind the key number after,
// and is the first with that path to do so.
func (r *tomlReader) table(n *zpl.Node, table map[string]any, path toml.Key, after int) (span, error) {
	type part struct {
		span
		name string
		node zpl.Node // holds what the key became
	}
	var parts []*part
	whole := nowhere
	for name, value := range table {
		below := append(path[:len(path):len(path)], name)
		p := &part{span: nowhere, name: name}
		places := r.places[below.String()]
		if i, _ := slices.BinarySearch(places, after+1); i < len(places) {
			p.span = span{places[i], places[i]}
		}
		inner, err := r.value(&p.node, name, value, below, after)
		if err != nil {
			return whole, err
		}
		p.span = p.span.with(inner)
		whole = whole.with(p.span)
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b *part) int { return a.first - b.first })
	for _, p := range parts {
		if p.name != own {
			n.Children = append(n.Children, p.node.Children...)
			continue
		}
		if len(path) == 0 || len(p.node.Children) != 1 || !leaf(p.node.Children[0]) {
			return whole, r.errorf(append(path, own), errOwn)
		}
		n.Value = p.node.Children[0].Value
	}
	return whole, nil
}

// value gives n the property or the properties that a key with a value is.
func (r *tomlReader) value(n *zpl.Node, name string, value any, path toml.Key, after int) (span, error) {
	switch value := value.(type) {
	case []any:
		return r.array(n, name, value, path, after)
	case []map[string]any:
		all := make([]any, len(value))
		for i := range value {
			all[i] = value[i]
		}
		return r.array(n, name, all, path, after)
	case map[string]any:
		child, err := r.add(n, name, "", path)
		if err != nil {
			return nowhere, err
		}
		if len(value) == 0 {
			return nowhere, r.errorf(path, errNoKeys)
		}
		return r.table(child, value, path, after)
	case string:
		_, err := r.add(n, name, value, path)
		return nowhere, err
	default: // numbers, booleans, dates and times: their text in TOML
		text, err := toml.Marshal(map[string]any{"v": value})
		if err == nil {
			_, err = r.add(n, name, strings.TrimSpace(strings.TrimPrefix(string(text), "v = ")), path)
		}
		return nowhere, err
	}
}

func (r *tomlReader) array(n *zpl.Node, name string, all []any, path toml.Key, after int) (span, error) {
	if len(all) == 0 {
		return nowhere, r.errorf(path, errNoEntries)
	}
	whole := nowhere
	for _, value := range all {
		switch value.(type) {
		case []any, []map[string]any:
			return whole, r.errorf(path, errArrays)
		}
		inner, err := r.value(n, name, value, path, max(after, whole.last))
		if err != nil {
			return whole, err
		}
		whole = whole.with(inner)
	}
	return whole, nil
}

func (r *tomlReader) add(n *zpl.Node, name, value string, path toml.Key) (*zpl.Node, error) {
	if len(path) > zpl.MaxDepth {
		return nil, r.errorf(path, errDeep)
	}
	if name == own {
		name = "own" // its value is what counts
	}
	child, err := add(n, name, value)
	if err != nil {
		return nil, r.errorf(path, err)
	}
	return child, nil
}

// errorf names the key: the library does not tell lines.
func (r *tomlReader) errorf(path toml.Key, err error) error {
	return fmt.Errorf("%s: %s: %w", r.file, shorten(path.String()), err)
}

// formatTOML writes a text in TOML.
func formatTOML(file string, root *zpl.Node) ([]byte, error) {
	w := tomlWriter{file: file}
	if err := w.table(root, nil); err != nil {
		return nil, err
	}
	return []byte(w.String()), nil
}

type tomlWriter struct {
	strings.Builder
	file string
}

// table writes what is in a table. In TOML the values of a table stand before
// the tables in it. A table that has a value behind it is therefore written
// within one line: so the order stays.
func (w *tomlWriter) table(n *zpl.Node, path toml.Key) error {
	all, err := entries(w.file, n)
	if err != nil {
		return err
	}
	if n.Value != "" {
		fmt.Fprintf(w, "%s = %s\n", quote(own), quote(n.Value))
	}
	lines := 0
	for i, e := range all {
		if anyLeaf(e.nodes) {
			lines = i + 1
		}
	}
	for _, e := range all[:lines] {
		fmt.Fprintf(w, "%s = ", toml.Key{e.name})
		if err := w.values(e.nodes); err != nil {
			return err
		}
		w.WriteByte('\n')
	}
	for _, e := range all[lines:] {
		below := append(path[:len(path):len(path)], e.name)
		head := "[" + below.String() + "]"
		if len(e.nodes) > 1 {
			head = "[" + head + "]"
		}
		for _, child := range e.nodes {
			if w.Len() > 0 {
				w.WriteByte('\n')
			}
			w.WriteString(head + "\n")
			if err := w.table(child, below); err != nil {
				return err
			}
		}
	}
	return nil
}

// values writes a value or an array within the line.
func (w *tomlWriter) values(nodes []*zpl.Node) error {
	if len(nodes) == 1 {
		return w.value(nodes[0])
	}
	for i, n := range nodes {
		w.WriteString([]string{"[", ", "}[min(i, 1)])
		if err := w.value(n); err != nil {
			return err
		}
	}
	w.WriteByte(']')
	return nil
}

func (w *tomlWriter) value(n *zpl.Node) error {
	if leaf(n) {
		w.WriteString(quote(n.Value))
		return nil
	}
	all, err := entries(w.file, n)
	if err != nil {
		return err
	}
	between := "{"
	if n.Value != "" {
		fmt.Fprintf(w, "{%s = %s", quote(own), quote(n.Value))
		between = ", "
	}
	for _, e := range all {
		fmt.Fprintf(w, "%s%s = ", between, toml.Key{e.name})
		between = ", "
		if err := w.values(e.nodes); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	return nil
}

// quote writes a string. Values of ZPL hold no control characters but the tab,
// and entries has looked for UTF-8: there is little to escape.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`).Replace(s) + `"`
}
