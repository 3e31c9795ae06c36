package zproto

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// MaxExact is the largest number that ABNF counts to.
const MaxExact = 1024

// ABNFOptions say what kind of grammar [ABNF] makes.
type ABNFOptions struct {
	// Exact spells out what ABNF cannot count: a string becomes an alternative for each length from 0 to Exact, and so do the
	// others that begin with a count. Such a grammar describes exactly the messages whose lengths and counts are so small, for
	// programs to compare with the codec; its first rule is any message. Zero makes the grammar to read, where a comment says
	// what counts what.
	Exact int
	// Count, if it is not zero, is the bound for the members of lists, where Exact is that for octets.
	Count int
}

// ABNF gives the grammar of a class in the notation of RFC 5234: the conversation, if the model has one, then a rule for each
// message, for each field and for each type that occurs. Every rule that is used is defined, once; RFC 5234's own
// core rules are used as they are. Lines end with LF.
//
// The messages are whole: where a further ZeroMQ frame begins stands the rule frame-start, whose value lies beyond the octets.
// [ABNFRule] tells the name of a message's rule. Errors are mistakes in the model's conversation.
func ABNF(c *Class, opt ABNFOptions) ([]byte, error) {
	g := &grammar{class: c, names: reservedNames(), rules: map[string]string{}}
	g.exact = max(0, min(opt.Exact, MaxExact))
	g.count = max(0, min(opt.Count, MaxExact))
	if g.count == 0 {
		g.count = g.exact
	}
	g.claimMessages()
	if g.exact > 0 && len(c.Messages) > 0 {
		g.anyMessage()
	}
	if err := g.conversation(); err != nil {
		return nil, err
	}
	g.messages()
	g.fields()
	g.types()
	return g.out.Bytes(), nil
}

// ABNFRule gives the name that the rule of a message has in the grammars of [ABNF]. It is the message's own, unless RFC 5234
// forbids that.
func ABNFRule(c *Class, m *Message) string {
	g := &grammar{class: c, names: reservedNames()}
	g.claimMessages()
	return g.messageRules[m]
}

// grammar is a grammar in the making. Names of rules do not depend on case, so all sets of names hold lower case.
type grammar struct {
	class        *Class
	exact, count int
	out          bytes.Buffer
	names        map[string]bool
	messageRules map[*Message]string
	shared       []*fieldRule
	rules        map[string]string // types and other helpers: what they are → name of the rule
	used         []typeRule        // the same rules
	apart        bool              // an empty line comes before the next rule
}

// fieldRule is the rule of one or more fields that have the same name, type and fixed value.
type fieldRule struct {
	*Field
	rule string
	docs []fieldDoc
}

// fieldDoc is what the model says about a field in some of its messages.
type fieldDoc struct {
	messages []string
	text     string
}

// reservedNames are the core rules of RFC 5234.
func reservedNames() map[string]bool {
	names := map[string]bool{}
	for _, n := range coreRules {
		names[n] = true
	}
	return names
}

var coreRules = []string{"alpha", "bit", "char", "cr", "crlf", "ctl", "digit", "dquote", "hexdig", "htab", "lf", "lwsp", "octet", "sp", "vchar", "wsp"}

// claim gives the first of the names that is free, or the last with a number.
func (g *grammar) claim(names ...string) string {
	for _, n := range names {
		n = strings.ReplaceAll(n, "_", "-")
		if !g.names[strings.ToLower(n)] {
			g.names[strings.ToLower(n)] = true
			return n
		}
	}
	last := names[len(names)-1]
	for i := 2; ; i++ {
		if n := strings.ReplaceAll(last, "_", "-") + "-" + strconv.Itoa(i); !g.names[strings.ToLower(n)] {
			g.names[strings.ToLower(n)] = true
			return n
		}
	}
}

func (g *grammar) claimMessages() {
	g.messageRules = map[*Message]string{}
	for _, m := range g.class.Messages {
		g.messageRules[m] = g.claim(m.Name, m.Name+"-message")
	}
}

// anyMessage writes the rule that all messages match.
func (g *grammar) anyMessage() {
	var list []string
	for _, m := range g.class.Messages {
		list = append(list, g.messageRules[m])
	}
	g.write("Any message.", g.claim("message", "any-message"), strings.Join(list, " / "))
	g.out.WriteByte('\n')
	g.apart = false
}

// messages writes a rule for each message, and collects the fields on the way.
func (g *grammar) messages() {
	c := g.class
	signature := ""
	if c.Signature >= 0 && len(c.Messages) > 0 {
		signature = g.claim("signature", "protocol-signature")
	}
	for _, m := range c.Messages {
		doc := m.Doc
		var parts []string
		add := func(first bool, fields []*Field) {
			for i, f := range fields {
				apart := c.Layout == Frames && !(first && i == 0) || c.Layout == Binary && f.Type == Frame
				if apart && f.Type != Msg {
					parts = append(parts, g.use("frame-start"))
				}
				if f == c.IDField() {
					parts = append(parts, g.id(m))
					if f.Type == String {
						doc += fmt.Sprintf(" %s is %q.", g.id(m), m.Name)
					}
					continue
				}
				alone := f.Type == Msg && c.Layout == Frames && first && i == 0
				parts = append(parts, g.field(f, m, alone))
			}
		}
		if c.Layout == Binary {
			if signature != "" {
				parts = append(parts, signature)
			}
			parts = append(parts, g.id(m))
		}
		add(true, c.Header)
		add(len(c.Header) == 0, m.Fields)
		if len(parts) == 0 {
			parts = []string{`""`}
		}
		g.write(doc, g.messageRules[m], strings.Join(parts, " "))
	}
	if signature != "" {
		v := c.SignatureValue()
		g.write("Every message begins with %xAAA and the four bits of this protocol.",
			signature, fmt.Sprintf("%%x%02X %%x%02X", v>>8, v&255))
	}
}

// id is what says on the wire which message it is.
func (g *grammar) id(m *Message) string {
	if g.class.Numbered() {
		return fmt.Sprintf("%%x%02X", m.ID)
	}
	return hexText(m.Name)
}

// field gives the name of the rule of a field, which stands in message m. Alone tells that a msg begins the message, so
// that its first frame does not need to be announced.
func (g *grammar) field(f *Field, m *Message, alone bool) string {
	if alone {
		return "*OCTET *" + g.use("frame")
	}
	message := m.Name
	for _, h := range g.class.Header {
		if h == f {
			message = ""
		}
	}
	for _, r := range g.shared {
		if strings.EqualFold(r.Name, f.Name) && r.same(f) && r.Value == f.Value && r.Number == f.Number {
			r.document(message, f.Doc)
			return r.rule
		}
	}
	r := &fieldRule{Field: f, rule: g.claim(f.Name, m.Name+"-"+f.Name)}
	r.document(message, f.Doc)
	g.shared = append(g.shared, r)
	return r.rule
}

func (r *fieldRule) document(message, text string) {
	for i := range r.docs {
		if d := &r.docs[i]; d.text == text {
			if message != "" {
				d.messages = append(d.messages, message)
			}
			return
		}
	}
	d := fieldDoc{text: text}
	if message != "" {
		d.messages = []string{message}
	}
	r.docs = append(r.docs, d)
}

// fields writes the rules of the fields.
func (g *grammar) fields() {
	for _, r := range g.shared {
		doc := ""
		for _, d := range r.docs {
			if len(r.docs) > 1 && d.text != "" && len(d.messages) > 0 {
				doc += strings.Join(d.messages, ", ") + ": "
			}
			doc += d.text + "\n"
		}
		if r.Fixed {
			g.write(doc, r.rule, g.fixed(r.Field))
		} else {
			g.write(doc, r.rule, g.typeOf(r.Field))
		}
	}
}

// fixed is the value that a field always has.
func (g *grammar) fixed(f *Field) string {
	text := hexText(f.Value)
	switch {
	case f.Type == Number:
		return hexNumber(f.Number, f.Size)
	case g.class.Layout == Frames || f.Type == Frame:
	case f.Type == String:
		text = join(hexNumber(uint64(len(f.Value)), 1), text)
	case f.Type == LongStr:
		text = join(hexNumber(uint64(len(f.Value)), 4), text)
	}
	if text == "" {
		text = `""` // nothing at all
	}
	if f.Value != "" && isPrintable(f.Value) {
		text += " ; " + strconv.Quote(f.Value)
	}
	return text
}

func isPrintable(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// hexText writes octets as they are: a text in quotes would match in any case of letters.
func hexText(s string) string {
	var b strings.Builder
	for i, c := range []byte(s) {
		if i == 0 {
			b.WriteString("%x")
		} else {
			b.WriteByte('.')
		}
		fmt.Fprintf(&b, "%02X", c)
	}
	return b.String()
}

func hexNumber(v uint64, size int) string {
	var b [8]byte
	for i := range b {
		b[i] = byte(v >> (56 - 8*i))
	}
	return hexText(string(b[8-size:]))
}
