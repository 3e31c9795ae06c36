package zproto

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// MessageTables gives the messages of a class as Markdown: a table of all, what all begin with, and a table for each message
// that has fields of its own.
func MessageTables(c *Class) ([]byte, error) {
	var b bytes.Buffer
	idColumn := c.Numbered()
	b.WriteString(row(idColumn, "id") + "Message | Fields | |\n" + rule(3, idColumn))
	for _, m := range c.Messages {
		var names []string
		for _, f := range m.Fields {
			names = append(names, f.Name)
		}
		b.WriteString(row(idColumn, strconv.Itoa(int(m.ID))) + fmt.Sprintf("%s | %s | %s |\n", m.Name, strings.Join(names, ", "), md(m.Doc)))
	}
	header := beginning(c)
	if len(header) > 0 {
		b.WriteString("\nEvery message begins with:\n\n" + fieldTable(c, header))
	}
	for _, m := range c.Messages {
		if len(m.Fields) > 0 {
			fmt.Fprintf(&b, "\n**%s** goes on with:\n\n%s", m.Name, fieldTable(c, own(c, m.Fields)))
		}
	}
	return b.Bytes(), nil
}

// ConstantTable gives the constants of a class as Markdown.
func ConstantTable(c *Class) ([]byte, error) {
	if len(c.Defines) == 0 {
		return nil, c.errorf("the model has no <define>, so there is no table of constants")
	}
	var b bytes.Buffer
	b.WriteString("| Constant | Value | |\n" + rule(3, false))
	for _, d := range c.Defines {
		value := d.Value
		if d.IsText {
			value = strconv.Quote(value)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", d.Name, md(value), md(d.Doc))
	}
	return b.Bytes(), nil
}

// Listing gives the messages of a class whose fields are frames, as Markdown: a list for each message, with the frames
// numbered as they are on the wire.
func Listing(c *Class) ([]byte, error) {
	if c.Layout != Frames {
		return nil, c.errorf("a listing numbers the frames of messages whose fields are frames: layout=\"frames\"")
	}
	var b bytes.Buffer
	title := c.Title
	if title == "" {
		title = c.Name
	}
	fmt.Fprintf(&b, "**The %s protocol**\n", md(title))
	for _, m := range c.Messages {
		fields := append(append([]*Field(nil), c.Header...), m.Fields...)
		fmt.Fprintf(&b, "\nA %s command is a message of %s:\n\n", m.Name, frameCount(fields))
		for i, f := range fields {
			at := strconv.Itoa(i + 1)
			if f.Type == Msg {
				fmt.Fprintf(&b, "* Frames %s and up: %s (%s)\n", at, md(f.about()), frameKind(f))
				continue
			}
			fmt.Fprintf(&b, "* Frame %s: %s\n", at, frameItem(c, m, f))
		}
	}
	return b.Bytes(), nil
}

func frameCount(fields []*Field) string {
	n := len(fields)
	if n > 0 && fields[n-1].Type == Msg {
		return plural(n-1+fields[n-1].Least, "frame") + " or more"
	}
	return plural(n, "frame")
}

// frameItem says what a frame holds: its octets where they are always the same, else what they mean.
func frameItem(c *Class, m *Message, f *Field) string {
	switch {
	case f == c.IDField() && f.Type == Number:
		return fmt.Sprintf("0x%02X (1 octet, %s)", m.ID, m.Name)
	case f == c.IDField():
		return fmt.Sprintf("%q (%s, %s)", m.Name, plural(len(m.Name), "octet"), md(f.about()))
	case f.Fixed && f.Type == Number:
		return fmt.Sprintf("0x%0*X (%s, %s)", 2*f.Size, f.Number, plural(f.Size, "octet"), md(f.about()))
	case f.Fixed:
		return fmt.Sprintf("%s (%s, %s)", md(strconv.Quote(f.Value)), plural(len(f.Value), "octet"), md(f.about()))
	}
	return fmt.Sprintf("%s (%s)", md(f.about()), frameKind(f))
}

// about is the documentation of a field, or its name if it has none.
func (f *Field) about() string {
	if f.Doc == "" {
		return f.Name
	}
	return strings.TrimSuffix(f.Doc, ".")
}

func frameKind(f *Field) string {
	switch f.Type {
	case Number:
		return "number of " + plural(f.Size, "octet")
	case String:
		return "printable string"
	case Msg:
		if f.Least > 0 {
			return "one frame or more, opaque binary"
		}
		return "any number of frames, opaque binary"
	}
	return "opaque binary"
}

// tableField is a row of a table of fields.
type tableField struct {
	name, kind, size, doc string
}

// beginning is what all messages begin with.
func beginning(c *Class) []tableField {
	var list []tableField
	if c.Layout == Binary {
		if c.Signature >= 0 {
			list = append(list, tableField{"signature", fmt.Sprintf("%%x%04X", c.SignatureValue()), "2 octets", "Marks a message of this protocol."})
		}
		list = append(list, tableField{"id", "number-1", "1 octet", "Says which message it is: its id."})
	}
	return append(list, own(c, c.Header)...)
}

func own(c *Class, fields []*Field) []tableField {
	var list []tableField
	for _, f := range fields {
		list = append(list, tableField{f.Name, kindOf(c, f), sizeOf(c, f), f.Doc})
	}
	return list
}

func fieldTable(c *Class, fields []tableField) string {
	var b strings.Builder
	b.WriteString("| Field | Type | Size | |\n" + rule(4, false))
	for _, f := range fields {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.name, md(f.kind), md(f.size), md(f.doc))
	}
	return b.String()
}

// kindOf names the type of a field, and its value if that is fixed.
func kindOf(c *Class, f *Field) string {
	kind := string(f.Type)
	if f.Type == Number {
		kind += "-" + strconv.Itoa(f.Size)
	}
	switch {
	case !f.Fixed:
	case f.Type == Number:
		kind += " = " + strconv.FormatUint(f.Number, 10)
	default:
		kind += " = " + strconv.Quote(f.Value)
	}
	return kind
}

// sizeOf says how many octets or frames a field has.
func sizeOf(c *Class, f *Field) string {
	size := map[Type]string{
		String: "1 + 0 to 255 octets", LongStr: "4 + n octets", Chunk: "4 + n octets", Frame: "a frame", Msg: "all further frames",
		Strings: "4 octets, then a longstr each", Hash: "4 octets, then a string and a longstr each",
	}[f.Type]
	switch {
	case f.Size > 0 && c.Layout == Frames:
		size = "a frame of " + plural(f.Size, "octet")
	case f.Size > 0:
		size = plural(f.Size, "octet")
	case f.Type == String && c.Layout == Frames:
		size = "a frame"
	case f.Type == Strings && c.Wire == 1:
		size = "1 octet, then a string each, at most 255"
	case f.Type == Hash && c.Wire == 1:
		size = "1 octet, then a string \"name=value\" each, at most 255"
	case f.Type == Msg && f.Least > 0:
		size += ", at least one"
	}
	if f.Fixed && f.Type != Number {
		switch {
		case f.Type == Frame || c.Layout == Frames:
			size = "a frame of " + plural(len(f.Value), "octet")
		case f.Type == String:
			size = "1 + " + plural(len(f.Value), "octet")
		case f.Type == LongStr:
			size = "4 + " + plural(len(f.Value), "octet")
		}
	}
	if f.Text {
		no := map[Type]string{Strings: ", no NUL in any", Hash: ", no NUL in names"}[f.Type]
		if no == "" {
			no = ", no NUL"
		}
		size += no
	}
	return size
}

// row begins a row with a first cell that not all tables have.
func row(with bool, first string) string {
	if !with {
		return "| "
	}
	return "| " + first + " | "
}

func rule(columns int, andOne bool) string {
	if andOne {
		columns++
	}
	return "|" + strings.Repeat("---|", columns) + "\n"
}

var mdEscapes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", `\<`, "*", `\*`, "[", `\[`, "`", "\\`", "&", `\&`, "_", `\_`, "~", `\~`, "\n", " ", "\r", " ")

// md writes text so that Markdown means just that.
func md(s string) string { return mdEscapes.Replace(s) }
