package contract

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// promise is an Entry with what the check asks about it.
type promise struct {
	Entry
	note
	at  token.Position // from the root of the checkout
	pkg *pkg           // nil: no name in Go
}

// extraction is that of one package.
type extraction struct {
	*source
	*pkg
	all     []promise
	reached []*types.TypeName // hidden types that promises lead to
}

// extract lists what a package promises.
func (s *source) extract(p *pkg) []promise {
	x := &extraction{source: s, pkg: p}
	x.addPackage()
	scope := p.types.Scope()
	for _, name := range scope.Names() {
		if !token.IsExported(name) {
			continue
		}
		switch obj := scope.Lookup(name).(type) {
		case *types.Const:
			x.add(obj, name, "const "+name+constType(obj.Type(), p.types)+" = "+value(obj))
		case *types.Var:
			x.add(obj, name, "var "+name+" "+show(obj.Type(), p.types))
		case *types.Func:
			x.add(obj, name, "func "+name+signature(obj.Signature(), p.types))
		case *types.TypeName:
			x.addType(obj, name)
		}
	}
	x.reach()
	return x.all
}

// addPackage notes what a program that imports it says: its path, and its name.
func (x *extraction) addPackage() {
	decl := "package " + x.types.Name() + " // import " + strconv.Quote(x.path)
	entry := Entry{State: state(x.doc), Package: x.folder, Name: "package", Decl: decl}
	at := x.source.files.Position(x.pkg.files[0].Name.Pos())
	x.all = append(x.all, promise{Entry: entry, note: note{embedded: true}, at: at, pkg: x.pkg})
}

// add notes a promise, the comments of what the name is part of counting for its state.
func (x *extraction) add(obj types.Object, name, decl string, above ...string) {
	n, ok := x.notes[obj.Pos()]
	if !ok { // declared in another package, which has its own check
		n = note{embedded: true}
	}
	comments := append([]string{n.own, n.group}, above...)
	entry := Entry{State: state(append(comments, x.doc)...), Package: x.folder, Name: name, Decl: decl}
	x.all = append(x.all, promise{Entry: entry, note: n, at: x.source.files.Position(obj.Pos()), pkg: x.pkg})
	if entry.State != Draft {
		x.mentions(obj)
	}
}

// addType notes a type, and what it has, under a name.
func (x *extraction) addType(obj *types.TypeName, name string) {
	n := x.notes[obj.Pos()]
	above := []string{n.own, n.group}
	if obj.IsAlias() {
		target := types.Unalias(obj.Type())
		if alias, ok := obj.Type().(*types.Alias); ok {
			target = alias.Rhs()
		}
		x.add(obj, name, "type "+name+" = "+show(target, x.types))
		if named, ok := types.Unalias(target).(*types.Named); ok && hidden(named.Obj()) {
			x.addMembers(name, named, above, map[string]bool{})
		}
		return
	}
	named := obj.Type().(*types.Named)
	head := "type " + name + typeParams(named.TypeParams(), x.types)
	switch under := named.Underlying().(type) {
	case *types.Struct:
		x.add(obj, name, head+" struct")
	case *types.Interface:
		x.add(obj, name, head+" interface"+methodSet(under, x.types))
	default:
		x.add(obj, name, head+" "+show(under, x.types))
	}
	x.addMembers(name, named, above, map[string]bool{})
}

// addMembers lists a type's fields and methods, and those that come from embedded types
// which users cannot name. What an embedded type has that they can, it promises itself.
func (x *extraction) addMembers(owner string, t *types.Named, above []string, seen map[string]bool) {
	var inner []*types.Named
	add := func(obj types.Object, decl string) {
		if obj.Exported() && !seen[obj.Name()] {
			seen[obj.Name()] = true
			x.add(obj, owner+"."+obj.Name(), decl, above...)
		}
	}
	for m := range t.Methods() {
		receiver := owner
		if r := m.Signature().Recv(); r != nil && isPointer(r.Type()) {
			receiver = "*" + owner
		}
		add(m, "func ("+receiver+") "+m.Name()+signature(m.Signature(), x.types))
	}
	switch under := t.Underlying().(type) {
	case *types.Interface:
		methods := under.ExplicitMethods()
		if sealed(under) { // what it embeds does not show in its declaration
			methods = under.Methods()
		}
		for m := range methods {
			add(m, "method "+m.Name()+signature(m.Signature(), x.types))
		}
	case *types.Struct:
		for i := range under.NumFields() {
			f := under.Field(i)
			tag := ""
			if under.Tag(i) != "" {
				tag = " `" + under.Tag(i) + "`" // a name in a file is a promise too
			}
			if named, ok := deref(f.Type()).(*types.Named); ok && f.Embedded() && hidden(named.Obj()) {
				inner = append(inner, named)
			}
			if f.Embedded() {
				add(f, "field "+show(f.Type(), x.types)+tag)
			} else {
				add(f, "field "+f.Name()+" "+show(f.Type(), x.types)+tag)
			}
		}
	}
	for _, named := range inner {
		x.addMembers(owner, named, above, seen)
	}
}

// hidden reports whether users cannot name a type of ours.
func hidden(t *types.TypeName) bool {
	return t.Pkg() != nil && repo.Ours(t.Pkg().Path()) && (!t.Exported() || slices.Contains(strings.Split(t.Pkg().Path(), "/"), "internal"))
}

func deref(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	return types.Unalias(t)
}

func isPointer(t types.Type) bool {
	_, ok := t.(*types.Pointer)
	return ok
}

// methodSet is what an interface asks of those who implement it: one method more breaks
// them all. Where a method is unexported nobody else can, and only the callers count.
func methodSet(t *types.Interface, home *types.Package) string {
	if sealed(t) {
		return "{ … }"
	}
	var parts []string
	for m := range t.ExplicitMethods() {
		parts = append(parts, m.Name())
	}
	for e := range t.EmbeddedTypes() {
		parts = append(parts, show(e, home))
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, "; ") + "}"
}

// sealed reports whether nobody else can implement an interface.
func sealed(t *types.Interface) bool {
	for m := range t.ExplicitMethods() {
		if !m.Exported() {
			return true
		}
	}
	return false
}

// show writes a type: packages by their names, parameters without theirs.
func show(t types.Type, home *types.Package) string {
	text := types.TypeString(t, func(p *types.Package) string {
		if p == home {
			return ""
		}
		return p.Name()
	})
	expr, err := parser.ParseExpr(text)
	if err != nil {
		return text
	}
	ast.Inspect(expr, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncType); ok {
			nameless(f.Params)
			nameless(f.Results)
		}
		return true
	})
	return types.ExprString(expr)
}

// nameless takes the names away: another one breaks nobody.
func nameless(list *ast.FieldList) {
	if list == nil {
		return
	}
	var out []*ast.Field
	for _, f := range list.List {
		for range max(1, len(f.Names)) {
			out = append(out, &ast.Field{Type: f.Type})
		}
	}
	list.List = out
}

// signature writes one without the word func, and without its receiver.
func signature(s *types.Signature, home *types.Package) string {
	plain := types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
	return typeParams(s.TypeParams(), home) + strings.TrimPrefix(show(plain, home), "func")
}

func typeParams(list *types.TypeParamList, home *types.Package) string {
	if list.Len() == 0 {
		return ""
	}
	var parts []string
	for p := range list.TypeParams() {
		parts = append(parts, p.Obj().Name()+" "+show(p.Constraint(), home))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func constType(t types.Type, home *types.Package) string {
	if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		return ""
	}
	return " " + show(t, home)
}

func value(c *types.Const) string {
	if c.Type().String() == "time.Duration" {
		n, _ := constant.Int64Val(c.Val())
		return time.Duration(n).String()
	}
	return c.Val().ExactString()
}
