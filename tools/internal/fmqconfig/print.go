package fmqconfig

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/zpl"
)

// Print writes the configuration in ZPL. Behind each value stands where it came
// from: "default", a file and its line, or a flag. Passwords are left out.
func (c *Config) Print(w io.Writer) error {
	p := printer{c: c}
	for _, name := range []string{"server", "publish", "security", "bind", "client", "connect", "subscribe"} {
		for _, n := range c.m.listed[name] {
			p.section(0, n, "/"+name)
		}
		if n := c.m.sections[name]; n != nil {
			p.section(0, n, "/"+name)
		}
	}
	_, err := io.WriteString(w, p.text())
	return err
}

// printer collects lines, to put what they end with in one column.
type printer struct {
	c     *Config
	lines [][2]string
}

func (p *printer) line(level int, name, value, origin string) {
	text := strings.Repeat("    ", level) + show.Text(name)
	if value != "" {
		text += " = " + value
	}
	p.lines = append(p.lines, [2]string{text, origin})
}

// section writes a section and what nobody said but follows.
func (p *printer) section(level int, n *zpl.Node, path string) {
	if level == 0 && len(p.lines) > 0 {
		p.lines = append(p.lines, [2]string{})
	}
	p.line(level, n.Name, "", "")
	for _, child := range n.Children {
		p.property(level+1, child, path+"/"+child.Name)
	}
	follows := func(name, value, why string) {
		if n.Get(name) == nil {
			p.line(level+1, name, value, why)
		}
	}
	if cache := DefaultCache(); n.Name == "server" && level == 0 && cache != "" {
		follows("cache", written(cache), "default: this user's")
	}
	switch m := p.c.m; n.Name {
	case "server", "client":
		follows("expired", (5 * seconds(m.get(n.Name, "heartbeat").Value)).String(), "default: five heartbeats")
	case "publish":
		follows("virtual", "/", "default")
		follows("nolinks", "0", "default")
	case "security":
		if p.c.anonymous {
			follows("anonymous", "1", "default: there is no account")
		} else {
			follows("anonymous", "0", "default: there are accounts")
		}
		origin := "default: there is no account"
		switch {
		case m.plain != nil:
			origin = m.from[m.plain].origin(m.plain)
		case p.c.plain:
			origin = "default: there are accounts"
		}
		p.line(level+1, "plain", map[bool]string{true: "1", false: "0"}[p.c.plain], origin)
		for _, account := range m.sections["plain"].Children {
			p.section(level+2, account, "/security/plain/account")
		}
	}
}

func (p *printer) property(level int, n *zpl.Node, path string) {
	value := written(n.Value)
	if secret[path] {
		value = hidden
	}
	p.line(level, n.Name, value, p.c.m.from[n].origin(n))
}

// text puts the lines together.
func (p *printer) text() string {
	const widest = 60 // a longer line has its end where it likes
	wide := 0
	for _, l := range p.lines {
		if n := utf8.RuneCountInString(l[0]); l[1] != "" && n <= widest {
			wide = max(wide, n)
		}
	}
	var b strings.Builder
	for _, l := range p.lines {
		b.WriteString(l[0])
		if l[1] != "" {
			fmt.Fprintf(&b, "%s  # %s", strings.Repeat(" ", max(0, wide-utf8.RuneCountInString(l[0]))), l[1])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// written is a value as ZPL has it, in quotes if it needs them, and made
// visible. What ZPL cannot write is made visible only.
func written(value string) string {
	text := zpl.Node{Children: []*zpl.Node{{Name: "v", Value: value}}}
	out, err := text.Text()
	if err != nil {
		return show.Text(value)
	}
	return show.Text(strings.TrimSuffix(strings.TrimPrefix(string(out), "v = "), "\n"))
}
