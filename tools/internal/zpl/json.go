package zpl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/zeromq/gozyre/zpl"
)

// parseJSON reads an object. Names keep their order, and numbers their text.
func parseJSON(file string, data []byte) (*zpl.Node, error) {
	r := jsonReader{file: file, data: data, tokens: json.NewDecoder(bytes.NewReader(data))}
	r.tokens.UseNumber()
	if i := invalidUTF8(data); i >= 0 {
		return nil, r.errorf(i, "", errors.New("not UTF-8"))
	}
	// The reader of tokens below takes some texts that are no JSON.
	var wrong *json.SyntaxError
	var any json.RawMessage
	if err := json.Unmarshal(data, &any); errors.As(err, &wrong) {
		return nil, r.errorf(max(0, int(wrong.Offset)-1), "", err)
	} else if err != nil {
		return nil, r.errorf(0, "", err)
	}
	root := &zpl.Node{}
	start := r.offset()
	if token, err := r.tokens.Token(); err != nil || token != json.Delim('{') {
		return nil, r.errorf(start, "", errors.Join(errors.New("not an object: configuration is one"), err))
	}
	_, err := r.object(root, "", 0)
	return root, err
}

type jsonReader struct {
	file   string
	data   []byte
	tokens *json.Decoder
}

// offset returns where the next token begins.
func (r *jsonReader) offset() int {
	i := int(r.tokens.InputOffset())
	for i < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[i]) >= 0 {
		i++
	}
	return i
}

// errorf says where in the text and in the tree something is wrong.
func (r *jsonReader) errorf(offset int, path string, err error) error {
	before := r.data[:min(offset, len(r.data))]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	place := fmt.Sprintf("%s:%d:%d: ", r.file, bytes.Count(before, []byte("\n"))+1, utf8.RuneCount(line)+1)
	if path != "" {
		place += shorten(path) + ": "
	}
	return fmt.Errorf("%s%w", place, err)
}

// object reads what stands between { and } into n, and counts it.
func (r *jsonReader) object(n *zpl.Node, path string, depth int) (count int, err error) {
	seen := map[string]bool{}
	for r.tokens.More() {
		start := r.offset()
		name, err := r.text()
		if err != nil {
			return 0, r.errorf(start, path, err)
		}
		below := join(path, name)
		if seen[name] {
			return 0, r.errorf(start, below, errors.New("the key is there twice"))
		}
		seen[name] = true
		count++
		if name == own {
			err = r.own(n, path, depth)
		} else if _, wrong := add(&zpl.Node{}, name, ""); wrong != nil {
			err = r.errorf(start, below, wrong)
		} else {
			err = r.value(n, name, below, depth, false)
		}
		if err != nil {
			return 0, err
		}
	}
	_, err = r.tokens.Token() // the }
	return count, err
}

// own reads the value that n has beside its children.
func (r *jsonReader) own(n *zpl.Node, path string, depth int) error {
	start := r.offset()
	if depth == 0 {
		return r.errorf(start, own, errOwn)
	}
	var scalar zpl.Node
	if err := r.value(&scalar, n.Name, join(path, own), depth, true); err != nil {
		return err
	}
	if len(scalar.Children) != 1 || !leaf(scalar.Children[0]) {
		return r.errorf(start, join(path, own), errOwn)
	}
	n.Value = scalar.Children[0].Value
	return nil
}

// value reads a value and gives it to parent under that name: an array as
// often as it has entries.
func (r *jsonReader) value(parent *zpl.Node, name, path string, depth int, entry bool) error {
	start := r.offset()
	wrap := func(err error) error { return r.errorf(start, path, err) }
	if depth >= zpl.MaxDepth {
		return wrap(errDeep)
	}
	if r.data[start] == '"' {
		text, err := r.text()
		if err == nil {
			_, err = add(parent, name, text)
		}
		if err != nil {
			return wrap(err)
		}
		return nil
	}
	token, err := r.tokens.Token()
	if err != nil {
		return wrap(err)
	}
	switch token := token.(type) {
	case json.Number:
		_, err = add(parent, name, token.String())
	case bool:
		_, err = add(parent, name, strconv.FormatBool(token))
	case nil:
		err = errNull
	case json.Delim:
		switch {
		case token == '{':
			n, err := add(parent, name, "")
			if err != nil {
				return wrap(err)
			}
			count, err := r.object(n, path, depth+1)
			if err == nil && count == 0 {
				err = wrap(errNoKeys)
			}
			return err
		case entry:
			err = errArrays
		case !r.tokens.More():
			err = errNoEntries
		default:
			for i := 1; r.tokens.More(); i++ {
				if err := r.value(parent, name, fmt.Sprintf("%s[%d]", path, i), depth, true); err != nil {
					return err
				}
			}
			_, err = r.tokens.Token() // the ]
		}
	}
	if err != nil {
		return wrap(err)
	}
	return nil
}

// text reads a string. What is no character would come as U+FFFD.
func (r *jsonReader) text() (string, error) {
	start := r.offset()
	token, err := r.tokens.Token()
	if err != nil {
		return "", err
	}
	if halfPair(r.data[start:r.tokens.InputOffset()]) {
		return "", errSurrogates
	}
	return token.(string), nil
}

// halfPair looks for a \uD800 to \uDFFF that has no other half.
func halfPair(raw []byte) bool {
	unit := func(i int) rune {
		if len(raw) < i+6 || raw[i] != '\\' || raw[i+1] != 'u' {
			return 0
		}
		n, _ := strconv.ParseUint(string(raw[i+2:i+6]), 16, 16)
		return rune(n)
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if first := unit(i); utf16.IsSurrogate(first) {
			if utf16.DecodeRune(first, unit(i+6)) == utf8.RuneError {
				return true
			}
			i += 6
		}
		i++ // whatever is escaped, it may be a backslash
	}
	return false
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// formatJSON writes an object, indented.
func formatJSON(file string, root *zpl.Node) ([]byte, error) {
	w := jsonWriter{file: file}
	w.strings = json.NewEncoder(&w.Buffer)
	w.strings.SetEscapeHTML(false)
	if err := w.object(root); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, w.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

type jsonWriter struct {
	bytes.Buffer
	file    string
	strings *json.Encoder
}

func (w *jsonWriter) object(n *zpl.Node) error {
	all, err := entries(w.file, n)
	if err != nil {
		return err
	}
	w.WriteByte('{')
	between := ""
	if n.Value != "" {
		w.key(own)
		w.text(n.Value)
		between = ","
	}
	for _, e := range all {
		w.WriteString(between)
		between = ","
		w.key(e.name)
		if err := w.values(e.nodes); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	return nil
}

func (w *jsonWriter) values(nodes []*zpl.Node) error {
	if len(nodes) == 1 {
		return w.value(nodes[0])
	}
	for i, n := range nodes {
		w.WriteByte("[,"[min(i, 1)])
		if err := w.value(n); err != nil {
			return err
		}
	}
	w.WriteByte(']')
	return nil
}

func (w *jsonWriter) value(n *zpl.Node) error {
	if leaf(n) {
		w.text(n.Value)
		return nil
	}
	return w.object(n)
}

func (w *jsonWriter) key(name string) {
	w.text(name)
	w.WriteByte(':')
}

// text writes a string. It cannot fail: a buffer takes everything, and entries
// has looked at the characters.
func (w *jsonWriter) text(s string) { _ = w.strings.Encode(s) }
