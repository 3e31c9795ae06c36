package contract

import (
	"go/ast"
	"go/token"
	"strings"
)

// note is what comments say of a declared name.
type note struct {
	own      string // its doc comment, and the comment behind it
	group    string // of the const ( … ), var ( … ) or type ( … ) that it stands in
	shared   bool   // the group's comment is enough
	embedded bool   // an embedded field: its type's comment is enough
	member   bool   // a field, or a method of an interface: it stands where its type stands
}

// annotate collects the comments of a package, by where the name stands.
func annotate(files []*ast.File) (map[token.Pos]note, string) {
	notes := map[token.Pos]note{}
	doc := ""
	for _, file := range files {
		doc += file.Doc.Text() + "\n\n"
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				notes[d.Name.Pos()] = note{own: d.Doc.Text()}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					annotateSpec(notes, d, spec)
				}
			}
		}
	}
	return notes, doc
}

func annotateSpec(notes map[token.Pos]note, d *ast.GenDecl, spec ast.Spec) {
	n := note{}
	if d.Lparen.IsValid() {
		n.group = d.Doc.Text()
	} else {
		n.own = d.Doc.Text()
	}
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		n.own += join(spec.Doc, spec.Comment)
		n.shared = d.Tok == token.CONST
		for _, name := range spec.Names {
			notes[name.Pos()] = n
		}
	case *ast.TypeSpec:
		n.own += join(spec.Doc, spec.Comment)
		notes[spec.Name.Pos()] = n
		ast.Inspect(spec.Type, func(at ast.Node) bool {
			if field, ok := at.(*ast.Field); ok {
				annotateField(notes, field)
			}
			return true
		})
	}
}

func annotateField(notes map[token.Pos]note, field *ast.Field) {
	n := note{own: join(field.Doc, field.Comment), member: true}
	for _, name := range field.Names {
		notes[name.Pos()] = n
	}
	if len(field.Names) > 0 {
		return
	}
	n.embedded = true
	ast.Inspect(field.Type, func(at ast.Node) bool { // the field has the name of its type
		if name, ok := at.(*ast.Ident); ok {
			notes[name.Pos()] = n
		}
		return true
	})
}

func join(groups ...*ast.CommentGroup) string {
	text := ""
	for _, g := range groups {
		text += g.Text() + "\n\n"
	}
	return text
}

// said returns the state that a comment declares, by a paragraph that begins with it.
func said(text string) (State, bool) {
	if paragraph(text, "Deprecated:") != "" {
		return Deprecated, true
	}
	return Draft, paragraph(text, "Draft:") != ""
}

// paragraph returns the one that begins so.
func paragraph(text, begin string) string {
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.TrimSpace(p); strings.HasPrefix(p, begin) {
			return p
		}
	}
	return ""
}

// state is that of a name: what its own comment says, or else that of what it is part
// of, the nearest first.
func state(comments ...string) State {
	for _, text := range comments {
		if s, ok := said(text); ok {
			return s
		}
	}
	return Stable
}
