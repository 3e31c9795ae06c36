package fmqconfig

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
	convert "github.com/zeromq/gozyre/tools/internal/zpl"
	"github.com/zeromq/gozyre/zpl"
)

// Source is something that says how to work: a file, or the command line.
type Source struct {
	name  string // of the file
	root  *zpl.Node
	lines []string             // of the text that root was read from
	given []string             // of the text in TOML that this one was made of
	toml  []convert.Place      // of each of these lines, if a text in TOML was made into it
	flags map[*zpl.Node]string // the command line: which flag says it
	links bool                 // the command line: --no-links
}

// Read reads and checks a file: in TOML if its name ends with ".toml", else in
// ZPL.
func Read(file string) (*Source, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, zpl.MaxSize+1))
	if err != nil {
		return nil, err
	}
	return Parse(file, data)
}

// Parse is Read for what a file of that name holds. The error of a mistake has
// several lines: what is wrong and where, and the line.
func Parse(file string, data []byte) (*Source, error) {
	s, err := parse(file, data)
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return nil, explain(err)
	}
	return s, nil
}

func parse(file string, data []byte) (*Source, error) {
	s := &Source{name: file}
	if len(data) > zpl.MaxSize {
		return nil, &zpl.SyntaxError{File: file, Msg: "the text is too long", Advice: fmt.Sprintf("%d octets are possible", zpl.MaxSize)}
	}
	if strings.EqualFold(filepath.Ext(file), ".toml") {
		// The text in ZPL that says the same is read in its place. It has a
		// line for each property: that leads back to where it came from.
		tree, err := convert.ParseTOML(show.Text(file), data)
		if err != nil {
			return nil, inTOML(err, data)
		}
		places := convert.Places(data)
		s.given = strings.Split(string(data), "\n")
		s.toml = []convert.Place{}
		for path := range tree.Walk() {
			s.toml = append(s.toml, places[path])
		}
		if data, err = tree.Text(); err != nil {
			return nil, fmt.Errorf("%s: %w", show.Text(file), err)
		}
	}
	root, err := zpl.Parse(data)
	if err != nil {
		return nil, s.place(err)
	}
	s.root = root
	s.lines = strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data)), "\n")
	return s, nil
}

// check refuses what makes no sense.
func (s *Source) check() error {
	if s.flags == nil {
		if err := s.root.Decode(&document{}); err != nil {
			return s.place(err)
		}
	}
	seen := map[string]*zpl.Node{}
	for path, n := range s.root.Walk() {
		path = kind(path)
		if check := checks[path]; check != nil {
			if err := check(n.Value); err != nil {
				return s.refuse(path, n, err)
			}
		}
		for _, name := range required[path] {
			if n.Get(name) == nil {
				return s.mistake(n, fmt.Sprintf("this %s has no %s", n.Name, name), "it needs one")
			}
		}
		var key string
		switch path {
		case "/publish":
			key = published(n)
		case "/security/plain/account":
			key, _ = n.Lookup("login")
		case "/subscribe":
			key, _ = n.Lookup("path")
			key = clean(key)
		default:
			continue
		}
		if first := seen[path+"\x00"+key]; first != nil {
			return s.mistake(n, fmt.Sprintf("a second %s of %s%s", n.Name, quoted(key), s.first(first)), "take one away, or give it another name")
		}
		seen[path+"\x00"+key] = n
	}
	return nil
}

// kind is a path without indices.
func kind(path string) string {
	for {
		i := strings.IndexByte(path, '[')
		if i < 0 {
			return path
		}
		end := strings.IndexByte(path[i:], ']')
		if end < 0 {
			return path
		}
		path = path[:i] + path[i+end+1:]
	}
}

// published is the virtual path of a publish.
func published(n *zpl.Node) string {
	virtual, _ := n.Lookup("virtual")
	return clean(virtual)
}

// first says where the first of two is.
func (s *Source) first(n *zpl.Node) string {
	if line := s.line(n); line > 0 {
		return fmt.Sprintf(", the first is in line %d", line)
	}
	return ""
}

// line returns the line of the file in which n stands, 0 if it is not of one.
func (s *Source) line(n *zpl.Node) int {
	if s.toml != nil && n.Line > 0 && n.Line <= len(s.toml) {
		return s.toml[n.Line-1].Line
	}
	return n.Line
}

// origin says where n comes from.
func (s *Source) origin(n *zpl.Node) string {
	switch {
	case s.flags != nil:
		return s.flags[n]
	case s == defaults:
		return "default"
	}
	return fmt.Sprintf("%s:%d", show.Text(s.name), s.line(n))
}

func quoted(text string) string {
	const most = 60
	if shown := []rune(show.Text(text)); len(shown) > most {
		return `"` + string(shown[:most]) + `…"`
	}
	return `"` + show.Text(text) + `"`
}

// usage is a mistake of the command line.
func (s *Source) usage(n *zpl.Node, msg string) error { return cli.Usagef("%s: %s", s.flags[n], msg) }
