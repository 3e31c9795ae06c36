package zproto

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
)

// Fill makes the blocks of a specification anew that models say. A block begins with a line
//
//	<!-- zproto KIND [NAME] MODEL -->
//
// and ends with the line <!-- end -->. Model is a file, its name relative to the specification's. The kinds:
//
//   - grammar: [ABNF]; messages: [MessageTables]; constants: [ConstantTable]; states: [StateTables]; listing: [Listing];
//   - layout NAME: a picture of a message, [MessageLayout];
//   - diagram, diagram NAME: a picture of all states, or of one, [StateDiagram];
//   - figure NAME TEXT, without a model: [Figure].
//
// Draw makes an SVG of a picture. The pictures come back beside the text, by the names under which the text shows them: they
// are to stand in the specification's folder. Errors begin with the file and the line of the block.
func Fill(file string, text []byte, draw func(Picture) ([]byte, error)) ([]byte, map[string][]byte, error) {
	f := &filler{file: file, draw: draw, models: map[string]*Class{}, pictures: map[string][]byte{}}
	var out bytes.Buffer
	begun, fence := 0, ""
	for line := range bytes.Lines(text) {
		f.line++
		mark := string(bytes.TrimRight(line, " \r\n"))
		args, begins := strings.CutPrefix(mark, "<!-- zproto ")
		args, closed := strings.CutSuffix(args, "-->")
		ends := mark == "<!-- end -->"
		switch {
		case begun > 0 && ends:
			begun = 0
		case begun > 0 && begins && fence == "":
			return nil, nil, f.errorf("the block of line %d has no <!-- end --> before this one", begun)
		case begun > 0:
			continue
		case fence == "" && strings.HasPrefix(mark, "```"):
			fence = mark[:len(mark)-len(strings.TrimLeft(mark, "`"))]
		case fence != "" && mark == fence:
			fence = ""
		case fence != "":
		case ends:
			return nil, nil, f.errorf("<!-- end --> ends no block")
		case begins && !closed:
			return nil, nil, f.errorf("the line of a block ends with -->")
		case begins:
			begun = f.line
			block, err := f.block(strings.Fields(args))
			if err != nil {
				return nil, nil, fmt.Errorf("%s:%d:1: %w", file, f.line, err)
			}
			out.WriteString(mark + "\n" + block)
			continue
		}
		out.Write(line)
	}
	if begun > 0 {
		f.line = begun
		return nil, nil, f.errorf("the block has no <!-- end -->")
	}
	return out.Bytes(), f.pictures, nil
}

type filler struct {
	file     string
	line     int
	draw     func(Picture) ([]byte, error)
	models   map[string]*Class
	pictures map[string][]byte
}

func (f *filler) errorf(format string, args ...any) error {
	return Pos{f.file, f.line, 1}.errorf(format, args...)
}

// textBlocks are the kinds of blocks that are Markdown.
var textBlocks = map[string]func(*Class) ([]byte, error){
	"messages":  MessageTables,
	"constants": ConstantTable,
	"states":    StateTables,
	"listing":   Listing,
	"grammar": func(c *Class) ([]byte, error) {
		text, err := ABNF(c, ABNFOptions{})
		return []byte("```abnf\n" + string(text) + "```\n"), err
	},
}

// block makes what stands between two marks.
func (f *filler) block(args []string) (string, error) {
	if len(args) < 2 {
		return "", fmt.Errorf("a block is <!-- zproto KIND [NAME] MODEL -->")
	}
	kind, model := args[0], args[len(args)-1]
	name := strings.Join(args[1:len(args)-1], " ")
	if kind == "figure" {
		if !isName(args[1]) {
			return "", fmt.Errorf("%q is no name of a figure: it names a file beside the text", args[1])
		}
		p, err := Figure(args[1], strings.Join(args[2:], " "))
		return f.picture(args[1], p, err)
	}
	if textBlocks[kind] == nil && kind != "layout" && kind != "diagram" {
		return "", fmt.Errorf("unknown kind %q of a block: the kinds are grammar messages constants states listing layout diagram figure", kind)
	}
	c, err := f.model(model)
	if err != nil {
		return "", err
	}
	base := strings.TrimSuffix(filepath.Base(filepath.FromSlash(model)), ".xml")
	switch {
	case kind == "layout" && name == "":
		return "", fmt.Errorf("layout needs the name of a message: <!-- zproto layout NAME MODEL -->")
	case kind == "layout":
		p, err := MessageLayout(c, name)
		return f.picture(base+"-"+name, p, err)
	case kind == "diagram":
		p, err := StateDiagram(c, name)
		return f.picture(strings.TrimSuffix(base+"-"+name, "-"), p, err)
	case name != "":
		return "", fmt.Errorf("%s takes no name, and this is %q", kind, name)
	}
	text, err := textBlocks[kind](c)
	return string(text), err
}

func (f *filler) model(name string) (*Class, error) {
	if c := f.models[name]; c != nil {
		return c, nil
	}
	c, err := Load(filepath.Join(filepath.Dir(f.file), filepath.FromSlash(name)))
	if err == nil {
		f.models[name] = c
	}
	return c, err
}

func (f *filler) picture(name string, p Picture, err error) (string, error) {
	if err != nil {
		return "", err
	}
	svg, err := f.draw(p)
	if err != nil {
		return "", fmt.Errorf("the picture %q: %w", p.Title, err)
	}
	name = strings.ToLower(strings.ReplaceAll(name, " ", "-")) + ".svg"
	f.pictures[name] = svg
	return fmt.Sprintf("![%s](%s)\n", md(p.Title), name), nil
}
