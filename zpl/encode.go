package zpl

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// Marshal writes v, a struct or a map or a pointer to one, as a text that
// [Unmarshal] makes the same of. Fields that are zero and empty lists and maps
// are left out; a pointer to zero is written. The error is [ErrUnwritable], for what ZPL has no text for, or
// [ErrType].
func Marshal(v any) ([]byte, error) {
	value := reflect.ValueOf(v)
	for value.Kind() == reflect.Pointer && !value.IsNil() {
		value = value.Elem()
	}
	if k := value.Kind(); k != reflect.Struct && k != reflect.Map || value.Type() != nodeType && isText(value.Type()) {
		return nil, fmt.Errorf("%w: Marshal needs a struct or a map, not %T", ErrType, v)
	}
	root := &Node{}
	if err := root.encode(value, false, 0); err != nil {
		return nil, err
	}
	if root.Value != "" {
		return nil, fmt.Errorf("%w: %T has a value of its own, and a text has none", ErrUnwritable, v)
	}
	if value.Type() != nodeType {
		for i, c := range root.Children {
			if i > 0 && len(c.Children)+len(root.Children[i-1].Children) > 0 {
				c.lead = "\n" // sections are easier to find with space around them
			}
		}
	}
	return root.Text()
}

// encode makes n say what v is.
func (n *Node) encode(v reflect.Value, size bool, depth int) error {
	if depth > MaxDepth {
		return fmt.Errorf("%w: property %s: %d levels are possible", ErrUnwritable, quoted(n.Name), MaxDepth)
	}
	t := v.Type()
	switch {
	case t == nodeType:
		from := v.Interface().(Node)
		n.Value, n.Children, n.foot = from.Value, from.Children, from.foot
		return nil
	case t.Kind() == reflect.Pointer && v.IsNil():
		return fmt.Errorf("%w: property %s: a nil %v in a list or map", ErrUnwritable, quoted(n.Name), t)
	case t.Kind() == reflect.Pointer && t.Elem() == nodeType:
		return n.encode(v.Elem(), size, depth)
	case reflect.PointerTo(t).Implements(marshalerType):
		return n.encodeText(v)
	case t.Kind() == reflect.Pointer:
		return n.encode(v.Elem(), size, depth)
	case t.Kind() == reflect.Struct:
		return n.encodeStruct(v, depth)
	case t.Kind() == reflect.Map:
		return n.encodeMap(v, depth)
	}
	return n.encodeScalar(v, size)
}

func (n *Node) encodeText(v reflect.Value) error {
	m, ok := v.Interface().(encoding.TextMarshaler)
	if !ok { // its pointer has the method
		p := reflect.New(v.Type())
		p.Elem().Set(v)
		m = p.Interface().(encoding.TextMarshaler)
	}
	text, err := m.MarshalText()
	if err != nil {
		return fmt.Errorf("%w: property %s: %w", ErrUnwritable, quoted(n.Name), err)
	}
	n.Value = string(text)
	return nil
}

func (n *Node) encodeScalar(v reflect.Value, size bool) error {
	switch k := v.Kind(); {
	case k == reflect.String:
		n.Value = v.String()
	case k == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		n.Value = string(v.Bytes())
	case k == reflect.Bool:
		n.Value = "0"
		if v.Bool() {
			n.Value = "1"
		}
	case v.Type() == durationType:
		n.Value = formatDuration(time.Duration(v.Int()))
	case size && v.CanInt() && v.Int() < 0:
		return fmt.Errorf("%w: property %s: %d is no size", ErrUnwritable, quoted(n.Name), v.Int())
	case size && v.CanInt():
		n.Value = formatSize(uint64(v.Int()))
	case size && v.CanUint():
		n.Value = formatSize(v.Uint())
	case v.CanInt():
		n.Value = strconv.FormatInt(v.Int(), 10)
	case v.CanUint() && k != reflect.Uintptr:
		n.Value = strconv.FormatUint(v.Uint(), 10)
	case v.CanFloat():
		n.Value = strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
	default:
		return fmt.Errorf("%w: %v has no text (property %s)", ErrType, v.Type(), quoted(n.Name))
	}
	return nil
}

func (n *Node) encodeStruct(v reflect.Value, depth int) error {
	all, err := fieldsOf(v.Type())
	if err != nil {
		return err
	}
	if all.value != nil {
		own := v.FieldByIndex(all.value.index)
		if !own.IsZero() {
			at := Node{Name: n.Name}
			if err := at.encode(own, all.value.size, depth+1); err != nil {
				return err
			}
			if len(at.Children) > 0 {
				return fmt.Errorf("%w: %v: the field with the option value is a section itself", ErrType, v.Type())
			}
			n.Value = at.Value
		}
	}
	for _, f := range all.list {
		member := v.FieldByIndex(f.index)
		if member.IsZero() || f.typ.Kind() == reflect.Map && member.Len() == 0 {
			continue
		}
		if err := n.encodeMember(f.name, member, f.size, depth); err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) encodeMap(v reflect.Value, depth int) error {
	if v.Type().Key().Kind() != reflect.String {
		return fmt.Errorf("%w: %v: only strings become names (property %s)", ErrType, v.Type(), quoted(n.Name))
	}
	members := map[string]reflect.Value{}
	for key, member := range v.Seq2() {
		members[key.String()] = member
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if err := n.encodeMember(name, members[name], false, depth); err != nil {
			return err
		}
	}
	return nil
}

// encodeMember adds the properties that a field or an element of a map
// becomes: one, or as many as a list has elements.
func (n *Node) encodeMember(name string, v reflect.Value, size bool, depth int) error {
	values := []reflect.Value{v}
	if isList(v.Type()) {
		values = values[:0]
		for i := range v.Len() {
			values = append(values, v.Index(i))
		}
	}
	for _, value := range values {
		c := &Node{Name: name}
		if err := c.encode(value, size, depth+1); err != nil {
			return err
		}
		n.Children = append(n.Children, c)
	}
	return nil
}
