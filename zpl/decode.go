package zpl

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Unmarshal reads a text into v, a pointer to a struct or a map. The package
// comment says what goes where. After an error v may be filled in part. An
// error about the text is a *[SyntaxError], one about the type of v an
// [ErrType].
func Unmarshal(data []byte, v any) error {
	root, err := Parse(data)
	if err != nil {
		return err
	}
	return root.Decode(v)
}

// Decode is [Unmarshal] for the value of n and what lies below it.
func (n *Node) Decode(v any) error {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("%w: Decode needs a pointer, not %T", ErrType, v)
	}
	return n.decode(p.Elem(), false, 0)
}

// decode sets v. A size is a number with a unit.
func (n *Node) decode(v reflect.Value, size bool, depth int) error {
	if depth > MaxDepth {
		return n.mistake("too many levels", fmt.Sprintf("%d are possible", MaxDepth))
	}
	t := v.Type()
	switch {
	case t == nodeType:
		v.Set(reflect.ValueOf(*n))
		return nil
	case t.Kind() == reflect.Pointer && t.Elem() == nodeType:
		v.Set(reflect.ValueOf(n))
		return nil
	case reflect.PointerTo(t).Implements(unmarshalerType):
		return n.decodeText(v.Addr().Interface().(encoding.TextUnmarshaler))
	case t.Kind() == reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(t.Elem()))
		}
		return n.decode(v.Elem(), size, depth)
	case t.Kind() == reflect.Struct:
		return n.decodeStruct(v, depth)
	case t.Kind() == reflect.Map:
		return n.decodeMap(v, depth)
	}
	if err := n.mustBeLeaf(); err != nil {
		return err
	}
	return n.decodeScalar(v, size)
}

func (n *Node) decodeText(u encoding.TextUnmarshaler) error {
	if err := n.mustBeLeaf(); err != nil {
		return err
	}
	if err := u.UnmarshalText([]byte(n.Value)); err != nil {
		e := n.wrong("is refused", printable(err.Error()))
		e.cause = err
		return e
	}
	return nil
}

func (n *Node) mustBeLeaf() error {
	if len(n.Children) == 0 {
		return nil
	}
	return n.Children[0].mistake(fmt.Sprintf("%s cannot stand here: %s has a value only",
		quoted(n.Children[0].Name), quoted(n.Name)), "take it away, or look at its indentation")
}

func (n *Node) decodeScalar(v reflect.Value, size bool) error {
	bits := 0
	if k := v.Kind(); k >= reflect.Int && k <= reflect.Float64 {
		bits = v.Type().Bits()
	}
	switch k := v.Kind(); {
	case k == reflect.String:
		v.SetString(n.Value)
	case k == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		v.SetBytes([]byte(n.Value))
	case k == reflect.Bool:
		b, err := parseBool(n.Value)
		if err != nil {
			return n.wrong("is neither yes nor no", "write 1 or 0")
		}
		v.SetBool(b)
	case v.Type() == durationType:
		d, err := parseDuration(n.Value)
		if err != nil {
			return n.wrong("is no duration", err.Error())
		}
		v.SetInt(int64(d))
	case size && v.CanInt():
		number, err := parseSize(n.Value)
		if err == nil && !fits(number, bits) {
			err = strconv.ErrRange
		}
		if err != nil {
			return n.wrongNumber(err, "is no size", errSize.Error(), "0", formatSize(1<<(bits-1)-1))
		}
		v.SetInt(int64(number))
	case size && v.CanUint():
		number, err := parseSize(n.Value)
		if err == nil && v.OverflowUint(number) {
			err = strconv.ErrRange
		}
		if err != nil {
			return n.wrongNumber(err, "is no size", errSize.Error(), "0", formatSize(1<<bits-1))
		}
		v.SetUint(number)
	case v.CanInt():
		number, err := strconv.ParseInt(n.Value, 10, bits)
		if err != nil {
			return n.wrongNumber(err, "is no whole number", "write digits only",
				strconv.FormatInt(-1<<(bits-1), 10), strconv.FormatInt(1<<(bits-1)-1, 10))
		}
		v.SetInt(number)
	case v.CanUint() && k != reflect.Uintptr:
		number, err := strconv.ParseUint(n.Value, 10, bits)
		if err != nil {
			if _, signed := strconv.ParseInt(n.Value, 10, 64); signed == nil {
				err = strconv.ErrRange
			}
			return n.wrongNumber(err, "is no whole number", "write digits only", "0", strconv.FormatUint(1<<bits-1, 10))
		}
		v.SetUint(number)
	case v.CanFloat():
		number, err := strconv.ParseFloat(n.Value, bits)
		if err != nil {
			largest := strconv.FormatFloat(map[int]float64{32: math.MaxFloat32, 64: math.MaxFloat64}[bits], 'g', 3, bits)
			return n.wrongNumber(err, "is no number", "write it as 1.5 or 1e-3", "-"+largest, largest)
		}
		v.SetFloat(number)
	default:
		return fmt.Errorf("%w: no value of a text goes into %v (property %s)", ErrType, v.Type(), quoted(n.Name))
	}
	return nil
}

// parseBool reads the words that people write into configurations.
func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "on":
		return true, nil
	case "0", "false", "no", "off":
		return false, nil
	}
	return false, strconv.ErrSyntax
}

func (n *Node) decodeStruct(v reflect.Value, depth int) error {
	all, err := fieldsOf(v.Type())
	if err != nil {
		return err
	}
	switch {
	case all.value != nil && n.Value != "":
		own := Node{Name: n.Name, Value: n.Value, Line: n.Line, file: n.file, text: n.text}
		if err := own.decode(v.FieldByIndex(all.value.index), all.value.size, depth+1); err != nil {
			return err
		}
	case n.Value != "":
		return n.noValue()
	}
	seen := map[string]*Node{}
	for _, c := range n.Children {
		f := all.find(c.Name)
		if f == nil {
			return c.unknown(all.names())
		}
		target := v.FieldByIndex(f.index)
		if isList(f.typ) {
			if seen[c.Name] == nil {
				target.SetZero() // what stands there is a default
			}
			err = c.appendTo(target, f.size, depth)
		} else if first := seen[c.Name]; first != nil {
			err = c.twice(first)
		} else {
			err = c.decode(target, f.size, depth+1)
		}
		if err != nil {
			return err
		}
		seen[c.Name] = c
	}
	return nil
}

func (n *Node) decodeMap(v reflect.Value, depth int) error {
	t := v.Type()
	if t.Key().Kind() != reflect.String {
		return fmt.Errorf("%w: %v: names go into strings only (property %s)", ErrType, t, quoted(n.Name))
	}
	if n.Value != "" {
		return n.noValue()
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(t))
	}
	seen := map[string]*Node{}
	for _, c := range n.Children {
		key := reflect.ValueOf(c.Name).Convert(t.Key())
		element := reflect.New(t.Elem()).Elem()
		first := seen[c.Name]
		var err error
		switch {
		case isList(t.Elem()):
			if first != nil {
				element.Set(v.MapIndex(key))
			}
			err = c.appendTo(element, false, depth)
		case first != nil:
			err = c.twice(first)
		default:
			err = c.decode(element, false, depth+1)
		}
		if err != nil {
			return err
		}
		v.SetMapIndex(key, element)
		seen[c.Name] = c
	}
	return nil
}

// appendTo decodes n as one more element of a list.
func (n *Node) appendTo(list reflect.Value, size bool, depth int) error {
	element := reflect.New(list.Type().Elem()).Elem()
	if err := n.decode(element, size, depth+1); err != nil {
		return err
	}
	list.Set(reflect.Append(list, element))
	return nil
}

// mistake makes an error about the name of n.
func (n *Node) mistake(msg, advice string) *SyntaxError {
	if n.text == "" { // made by a program
		return &SyntaxError{File: n.file, Msg: msg, Advice: advice}
	}
	body, _ := cutEnd(n.text)
	e := errorAt(body, len(body)-len(strings.TrimLeft(body, blanks)), msg, advice)
	e.File, e.Line = n.file, n.Line
	return e
}

// wrong makes an error about the value of n, and shows it: that its name is
// known makes it no password.
func (n *Node) wrong(msg, advice string) *SyntaxError {
	if n.Value == "" {
		msg = printable(n.Name) + " has no value"
	} else {
		msg = fmt.Sprintf("%s: %s %s", printable(n.Name), quoted(n.Value), msg)
	}
	e := n.mistake(msg, advice)
	if l, _ := lex(n.text); l.raw != "" {
		before, _, _ := strings.Cut(n.text, l.sep+l.raw)
		before += l.sep
		e.Col, e.Excerpt = column(before, len(before)), excerpt(before, l.raw)
	}
	return e
}

func (n *Node) wrongNumber(err error, syntax, advice, least, most string) error {
	if errors.Is(err, strconv.ErrRange) {
		return n.wrong("is out of range", fmt.Sprintf("from %s to %s is possible", least, most))
	}
	return n.wrong(syntax, advice)
}

func (n *Node) noValue() error {
	return n.mistake(fmt.Sprintf("%s has no value of its own, only properties below it", quoted(n.Name)),
		"write them on lines of their own, indented by 4 spaces more")
}

func (n *Node) twice(first *Node) error {
	where := ""
	if first.Line > 0 {
		where = fmt.Sprintf(", the first time in line %d", first.Line)
	}
	return n.mistake(fmt.Sprintf("%s stands here twice%s", quoted(n.Name), where), "take one away")
}

func (n *Node) unknown(known []string) error {
	advice := "no properties are known here"
	if guess := nearest(n.Name, known); guess != "" {
		advice = fmt.Sprintf("did you mean %s?", quoted(guess))
	} else if len(known) > 0 {
		advice = "known are " + strings.Join(known, ", ")
	}
	return n.mistake(fmt.Sprintf("unknown name %s", quoted(n.Name)), advice)
}
