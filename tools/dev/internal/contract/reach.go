package contract

import (
	"go/types"
	"slices"
)

// Users cannot name a hidden type, and yet they get at what it has: a function returns it,
// a constraint lists what fits, an alias says what a parameter is. So the hidden types that a
// promise leads to are promised with it, under the name that its declaration gives them.

// reach notes the hidden types that promises lead to, and those that these lead to.
func (x *extraction) reach() {
	for i := 0; i < len(x.reached); i++ {
		obj, first := x.reached[i], len(x.all)
		name := obj.Name()
		if obj.Pkg() != x.types {
			name = obj.Pkg().Name() + "." + name
		}
		x.addType(obj, name)
		for j := range x.all[first:] {
			x.all[first+j].embedded = true // a comment is the hidden type's own affair
		}
	}
}

// mentions notes the hidden types in a declaration.
func (x *extraction) mentions(obj types.Object) {
	name, isType := obj.(*types.TypeName)
	if !isType {
		x.hiddenIn(obj.Type())
		return
	}
	if name.IsAlias() {
		target := types.Unalias(name.Type())
		if named, ok := target.(*types.Named); !ok || !hidden(named.Obj()) { // else its members are the alias's
			x.hiddenIn(target)
		}
		return
	}
	named := name.Type().(*types.Named)
	for p := range named.TypeParams().TypeParams() {
		x.hiddenIn(p.Constraint())
	}
	switch under := named.Underlying().(type) {
	case *types.Struct: // its fields have declarations of their own
	case *types.Interface:
		for e := range under.EmbeddedTypes() {
			x.hiddenIn(e)
		}
	default:
		x.hiddenIn(under)
	}
}

// hiddenIn notes the hidden types that a type is made of.
func (x *extraction) hiddenIn(t types.Type) {
	switch t := t.(type) {
	case *types.Alias:
		x.found(t.Obj())
		x.hiddenIn(t.Rhs())
	case *types.Named:
		x.found(t.Obj())
		for a := range t.TypeArgs().Types() {
			x.hiddenIn(a)
		}
	case *types.Map:
		x.hiddenIn(t.Key())
		x.hiddenIn(t.Elem())
	case interface{ Elem() types.Type }: // a pointer, a slice, an array, a channel
		x.hiddenIn(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			x.hiddenIn(v.Type())
		}
	case *types.Signature:
		for p := range t.TypeParams().TypeParams() {
			x.hiddenIn(p.Constraint())
		}
		x.hiddenIn(t.Params())
		x.hiddenIn(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			x.hiddenIn(f.Type())
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			x.hiddenIn(m.Type())
		}
		for e := range t.EmbeddedTypes() {
			x.hiddenIn(e)
		}
	case *types.Union:
		for term := range t.Terms() {
			x.hiddenIn(term.Type())
		}
	}
}

func (x *extraction) found(t *types.TypeName) {
	if hidden(t) && !slices.Contains(x.reached, t) {
		x.reached = append(x.reached, t)
	}
}
