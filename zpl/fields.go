package zpl

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"time"
)

var (
	nodeType        = reflect.TypeFor[Node]()
	durationType    = reflect.TypeFor[time.Duration]()
	unmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
	marshalerType   = reflect.TypeFor[encoding.TextMarshaler]()
)

// field is a field of a struct that a property goes to.
type field struct {
	name  string
	index []int
	typ   reflect.Type
	size  bool // a number with a unit of octets
}

// fields is what the tags of a struct say.
type fields struct {
	list  []field
	value *field // for the value of the section itself
}

func (f fields) find(name string) *field {
	for i := range f.list {
		if f.list[i].name == name {
			return &f.list[i]
		}
	}
	return nil
}

func (f fields) names() []string {
	var names []string
	for _, one := range f.list {
		names = append(names, one.name)
	}
	return names
}

// fieldsOf reads the tags of a struct. The error is an [ErrType].
func fieldsOf(t reflect.Type) (fields, error) {
	var all fields
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, tagged := sf.Tag.Lookup("zpl")
		if tag == "-" {
			continue
		}
		if sf.Anonymous && !tagged && sf.Type.Kind() == reflect.Struct && !isText(sf.Type) {
			inner, err := fieldsOf(sf.Type)
			if err != nil {
				return all, err
			}
			for _, f := range inner.list {
				f.index = append([]int{i}, f.index...)
				if err := all.add(t, f); err != nil {
					return all, err
				}
			}
			if inner.value != nil {
				inner.value.index = append([]int{i}, inner.value.index...)
				all.value = inner.value
			}
			continue
		}
		if !sf.IsExported() {
			continue
		}
		f := field{name: strings.ToLower(sf.Name), index: []int{i}, typ: sf.Type}
		name, options, _ := strings.Cut(tag, ",")
		if name != "" {
			f.name = name
		}
		own := false
		for option := range strings.SplitSeq(options, ",") {
			switch option {
			case "":
			case "size":
				f.size = true
			case "value":
				own = true
			default:
				return all, fmt.Errorf("%w: %v.%s: option %q of its tag: there are size and value", ErrType, t, sf.Name, option)
			}
		}
		if own {
			all.value = &f
		} else if err := all.add(t, f); err != nil {
			return all, err
		}
	}
	return all, nil
}

func (f *fields) add(t reflect.Type, one field) error {
	if !isName(one.name) {
		return fmt.Errorf("%w: %v: %q in a tag is no name: %s", ErrType, t, one.name, nameAdvice)
	}
	if f.find(one.name) != nil {
		return fmt.Errorf("%w: %v has two fields for the name %q", ErrType, t, one.name)
	}
	f.list = append(f.list, one)
	return nil
}

// isText reports whether a type reads and writes its values itself.
func isText(t reflect.Type) bool {
	return t.Implements(marshalerType) || reflect.PointerTo(t).Implements(unmarshalerType)
}

// isList reports whether a type stands for repeated names. A []byte is a value.
func isList(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 && !isText(t)
}
