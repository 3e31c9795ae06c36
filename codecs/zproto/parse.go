package zproto

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func (p Pos) errorf(format string, args ...any) *Error {
	return &Error{p.File, p.Line, p.Col, fmt.Sprintf(format, args...)}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// Parse reads a model that includes no other and checks it. The name of the file stands in errors only. What it returns
// is either a class that obeys all rules of the package documentation, or an error that joins one [*Error] for each mistake.
func Parse(file string, data []byte) (*Class, error) { return parse(file, data, nil) }

// Load reads the model in a file, and those that it includes, as [Parse] does.
func Load(file string) (*Class, error) {
	data, err := readFile(file)
	if err != nil {
		return nil, err
	}
	return parse(file, data, func(name string) (string, []byte, error) {
		path := filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
		data, err := readFile(path)
		return path, data, err
	})
}

// readFile reads no more than shows that the file is too large.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxSize+1))
}

func parse(file string, data []byte, open func(string) (string, []byte, error)) (*Class, error) {
	root, err := readTree(file, data)
	if err != nil {
		return nil, err
	}
	p := parser{open: open}
	c := p.class(root)
	if len(p.errs) == 0 {
		p.check(c)
	}
	if len(p.errs) > 0 {
		slices.SortStableFunc(p.errs, func(a, b *Error) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Col - b.Col
		})
		list := make([]error, 0, MaxErrors)
		for _, e := range p.errs[:min(len(p.errs), MaxErrors)] {
			list = append(list, e)
		}
		return nil, errors.Join(list...)
	}
	return c, nil
}

// parser turns the tree into the model and collects mistakes.
type parser struct {
	errs    []*Error
	defines map[string]*Define
	open    func(name string) (path string, data []byte, err error) // reads an included file; nil: none may be included
}

func (p *parser) errorf(at Pos, format string, args ...any) {
	p.errs = append(p.errs, at.errorf(format, args...))
}

// attrs gives the attributes of n by name. Unknown ones, doubled ones and those required but missing are mistakes.
func (p *parser) attrs(n *node, required, optional []string) map[string]attr {
	got := map[string]attr{}
	for _, a := range n.attrs {
		known := append(slices.Clone(required), optional...)
		if !slices.Contains(known, a.name) {
			p.errorf(a.Pos, "<%s> has no attribute %q: it takes %s", n.name, a.name, strings.Join(known, ", "))
			continue
		}
		if _, double := got[a.name]; double {
			p.errorf(a.Pos, "attribute %q is given twice", a.name)
			continue
		}
		got[a.name] = a
	}
	for _, name := range required {
		if _, ok := got[name]; !ok {
			p.errorf(n.Pos, "<%s> needs the attribute %q", n.name, name)
		}
	}
	return got
}

// name gives the attribute name, which must be a word.
func (p *parser) name(n *node, attrs map[string]attr) string {
	a, ok := attrs["name"]
	if !ok {
		return ""
	}
	if !isName(a.value) {
		p.errorf(a.Pos, "%q is no name: a name is a letter, then letters, digits, \"-\" and \"_\", at most 64 in all", a.value)
	}
	return a.value
}

func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '_') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// number gives an attribute that is a decimal number of least…most; what names it in the error.
func (p *parser) number(a attr, least, most uint64, what string) uint64 {
	v, err := strconv.ParseUint(a.value, 10, 64)
	if err != nil || v < least || v > most {
		p.errorf(a.Pos, "%s is a decimal number from %d to %d, not %q", what, least, most, a.value)
		return least
	}
	return v
}
