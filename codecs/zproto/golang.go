package zproto

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/format"
	"go/token"
	"strconv"
	"strings"
	"text/template"
)

// golang.tmpl is the file as a whole; the others are what depends on the layout.
//
//go:embed golang.tmpl golang_binary.tmpl golang_frames.tmpl
var golangFiles embed.FS

var golang = template.Must(template.New("golang.tmpl").Funcs(template.FuncMap{
	"args":    templateArgs,
	"comment": comment,
	"quote":   strconv.Quote,
}).ParseFS(golangFiles, "*.tmpl"))

// GoOptions are what a Go file says beside its model.
type GoOptions struct {
	Package string // name of the package that the file belongs to
	Source  string // the model's file name, for the header; without a folder
}

// Go gives the source of the class's codec, formatted: constants, type ID, type Handler, and type Message with its
// methods. They are Dispatch, Parse and Append, and AppendRest if a message has frames behind the first. In the
// layout frames AppendFrames stands for the two, and ParseAs for Parse where the wire does not say which message
// it is. Errors are those of names that come out the same in Go, joined [*Error] values as Parse gives them.
func Go(c *Class, opt GoOptions) ([]byte, error) {
	if !token.IsIdentifier(opt.Package) {
		return nil, fmt.Errorf("%q is no name for a Go package", opt.Package)
	}
	view, err := newGoFile(c, opt)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := golang.Execute(&out, view); err != nil {
		return nil, fmt.Errorf("the Go template failed: %w", err)
	}
	src, err := format.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("the Go template made something that is not Go: %w", err)
	}
	return src, nil
}

// goFile is what the template sees: the model with Go names.
type goFile struct {
	*Class
	GoOptions
	Defines  []goDefine
	Union    []*goField
	Header   []*goField
	Messages []*goMessage
	Lists    []*goField // those of Union whose memory Parse reuses
	Rest     bool       // binary: some message has frames behind the first
}

type goDefine struct {
	*Define
	Go string
}

type goMessage struct {
	*Message
	Go     string // "PingOK": what ID and On stand before
	Fields []*goField
	Ends   []*goField // those of Fields that are frames of their own
}

type goField struct {
	*Field
	Go   string
	ID   bool // the field of the layout frames that says which message it is
	wire int  // the class's encoding of lists
}

// Const gives the fixed value as Go source.
func (f *goField) Const() string {
	if f.Type == Number {
		return strconv.FormatUint(f.Number, 10)
	}
	return strconv.Quote(f.Value)
}

// Fault names the error of a fixed value that differs. A version has one of its own, because a peer of
// another version is a thing to tell the user, and a broken peer is not.
func (f *goField) Fault() string {
	if f.Name == "version" {
		return "wire.ErrVersion"
	}
	return "wire.ErrConstant"
}

// GoType gives the type in the Message struct.
func (f *goField) GoType() string {
	switch f.Type {
	case Number:
		return "uint" + strconv.Itoa(8*f.Size)
	case Octets, UUID:
		return "[" + strconv.Itoa(f.Size) + "]byte"
	case Strings, Msg:
		return "[][]byte"
	case Hash:
		return "[]wire.Pair"
	}
	return "[]byte"
}

// Check names the function of wire that looks for NUL, empty if NUL is allowed.
func (f *goField) Check() string {
	switch {
	case !f.Text:
		return ""
	case f.Type == Hash:
		return "CheckKeys"
	}
	return "CheckNUL"
}

// Method names the function of wire for the type: Append + it, and the method of Reader.
func (f *goField) Method() string {
	switch f.Type {
	case Number:
		return "Number" + strconv.Itoa(f.Size)
	case LongStr:
		return "LongStr"
	case UUID:
		return "Octets"
	case Strings, Hash:
		if f.wire == 1 {
			return goName(string(f.Type)) + "1"
		}
	}
	return goName(string(f.Type))
}

func newGoFile(c *Class, opt GoOptions) (*goFile, error) {
	v := &goFile{Class: c, GoOptions: opt}
	var errs []error
	claim := func(taken map[string]string, pos Pos, name, what string) {
		if first, ok := taken[name]; ok {
			errs = append(errs, pos.errorf("%s would be called %s in Go, as %s is: rename one", what, name, first))
		}
		taken[name] = what
	}
	top := map[string]string{"ID": "the type ID", "Message": "the type Message", "Handler": "the type Handler"}
	for _, d := range c.Defines {
		g := goDefine{d, goName(d.Name)}
		claim(top, d.Pos, g.Go, "define "+strconv.Quote(d.Name))
		v.Defines = append(v.Defines, g)
	}
	members := map[string]string{"ID": "the number of the message"}
	for _, name := range []string{"Append", "AppendFrames", "AppendRest", "Dispatch", "Parse", "ParseAs"} {
		members[name] = "a method"
	}
	field := func(f *Field) *goField { return &goField{f, goName(f.Name), f == c.IDField(), c.Wire} }
	for _, f := range c.Union() {
		g := field(f)
		claim(members, f.Pos, g.Go, "field "+strconv.Quote(f.Name))
		v.Union = append(v.Union, g)
		if f.Type == Strings || f.Type == Hash {
			v.Lists = append(v.Lists, g)
		}
	}
	for _, f := range c.Header {
		v.Header = append(v.Header, field(f))
	}
	for _, m := range c.Messages {
		g := &goMessage{Message: m, Go: goName(m.Name)}
		claim(top, m.Pos, "ID"+g.Go, "message "+strconv.Quote(m.Name))
		for _, f := range m.Fields {
			gf := field(f)
			g.Fields = append(g.Fields, gf)
			if f.Type.OwnFrame() {
				g.Ends = append(g.Ends, gf)
				v.Rest = true
			}
		}
		v.Messages = append(v.Messages, g)
	}
	return v, errors.Join(errs...)
}

// initialisms are words that Go writes in capitals.
var initialisms = map[string]bool{"ID": true, "IP": true, "OK": true, "UUID": true, "TTL": true, "URL": true, "SHA1": true}

// goName makes an exported Go name: "challenger-id" is ChallengerID, "PING-OK" is PingOK.
func goName(s string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '_' }) {
		if up := strings.ToUpper(word); initialisms[up] {
			b.WriteString(up)
		} else {
			b.WriteString(up[:1] + strings.ToLower(word[1:]))
		}
	}
	return b.String()
}

// comment breaks text into comment lines of at most 110 columns. Byte order marks are left out, since Go refuses them.
func comment(indent, text string) string {
	text = strings.ReplaceAll(text, "\ufeff", "")
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(text) {
		if width == 0 || width+1+len(word) > 110 {
			if width > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(indent + "//")
			width = len(indent) + 2
		}
		b.WriteString(" " + word)
		width += 1 + len(word)
	}
	return b.String()
}

// templateArgs hands several values to a sub-template: name, value, name, value ….
func templateArgs(pairs ...any) map[string]any {
	args := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return args
}
