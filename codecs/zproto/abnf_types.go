package zproto

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// typeRule is a rule that the model does not name: a type, or a part of one.
type typeRule struct {
	what, name, doc, text string
}

// typeOrder is the order in which these rules are written: what is simple comes first.
var typeOrder = []string{
	"number-1", "number-2", "number-4", "number-8", "uuid", "string", "text", "longstr", "longtext", "chunk", "text-octet",
	"name-octet", "text-name-octet",
	"strings", "texts", "hash", "pair", "text-hash", "text-pair", "property", "text-property", "frame", "frame-start",
}

// use gives the name of the rule for a type or a part of one, which is written behind the fields.
func (g *grammar) use(what string) string {
	if rule, ok := g.rules[what]; ok {
		return rule
	}
	rule := g.claim(what, what+"-type")
	g.rules[what] = rule
	at := len(g.used)
	g.used = append(g.used, typeRule{what: what, name: rule})
	doc, text := g.describe(what)
	g.used[at].doc, g.used[at].text = doc, text
	return rule
}

// types writes the rules that use has given names to.
func (g *grammar) types() {
	slices.SortStableFunc(g.used, func(a, b typeRule) int {
		return slices.Index(typeOrder, a.what) - slices.Index(typeOrder, b.what)
	})
	for _, r := range g.used {
		g.write(r.doc, r.name, r.text)
	}
}

// typeOf is what a field that is not fixed consists of.
func (g *grammar) typeOf(f *Field) string {
	switch f.Type {
	case Number:
		return g.use("number-" + strconv.Itoa(f.Size))
	case Octets:
		return strconv.Itoa(f.Size) + "OCTET"
	case Frame:
		return "*OCTET"
	case Msg:
		if f.Least > 0 {
			return strconv.Itoa(f.Least) + "*" + g.use("frame")
		}
		return "*" + g.use("frame")
	case UUID, Chunk:
		return g.use(string(f.Type))
	}
	if f.Text { // string, longstr, strings, hash
		return g.use(map[Type]string{String: "text", LongStr: "longtext", Strings: "texts", Hash: "text-hash"}[f.Type])
	}
	return g.use(string(f.Type))
}

// describe says what a rule that is not in the model means.
func (g *grammar) describe(what string) (doc, text string) {
	const order = "Numbers have their highest octet first."
	switch what {
	case "number-1":
		return "", "OCTET"
	case "number-2":
		return order, "2OCTET"
	case "number-4":
		return order, "4OCTET"
	case "number-8":
		return order, "8OCTET"
	case "uuid":
		return "The raw octets of a UUID.", "16OCTET"
	case "frame-start":
		return "A further ZeroMQ frame begins here. This is no octet: nothing is sent for it but the framing of ZeroMQ.", "%x100"
	case "frame":
		return "A whole ZeroMQ frame.", g.use("frame-start") + " *OCTET"
	case "text-octet":
		return "Any octet but NUL.", "%x01-FF"
	case "name-octet":
		return `Any octet but "=".`, "%x00-3C / %x3E-FF"
	case "text-name-octet":
		return `Any octet but NUL and "=".`, "%x01-3C / %x3E-FF"
	case "string":
		if g.class.Layout == Frames {
			return "The whole frame.", "*OCTET"
		}
		return "number-1 counts the octets.", g.counted(1, "OCTET")
	case "text":
		if g.class.Layout == Frames {
			return "The whole frame, without NUL.", "*" + g.use("text-octet")
		}
		return "number-1 counts the octets. They are UTF-8 by custom, and must not be NUL.", g.counted(1, g.use("text-octet"))
	case "longstr":
		return "number-4 counts the octets.", g.counted(4, "OCTET")
	case "longtext":
		return "number-4 counts the octets. They are UTF-8 by custom, and must not be NUL.", g.counted(4, g.use("text-octet"))
	case "chunk":
		return "number-4 counts the octets.", g.counted(4, "OCTET")
	case "strings", "texts", "hash", "text-hash":
		return g.list(what)
	case "pair":
		return "A name and its value.", g.use("string") + " " + g.use("longstr")
	case "text-pair":
		return "A name and its value.", g.use("text") + " " + g.use("longstr")
	case "property", "text-property":
		return g.property(what)
	}
	panic("zproto: no rule " + what) // every caller is in this file
}

// list describes what is counted in items, in the encoding of the class.
func (g *grammar) list(what string) (doc, text string) {
	size, item, noun := 4, "", "strings"
	switch what {
	case "strings":
		item = "longstr"
	case "texts":
		item = "longtext"
	case "hash":
		item, noun = "pair", "pairs"
	case "text-hash":
		item, noun = "text-pair", "pairs"
	}
	if g.class.Wire == 1 {
		size = 1
		item = map[string]string{"strings": "string", "texts": "text", "hash": "property", "text-hash": "text-property"}[what]
		if strings.HasSuffix(what, "hash") {
			noun = "properties"
		}
	}
	return fmt.Sprintf("number-%d counts the %s.", size, noun), g.counted(size, g.use(item))
}

// property is a member of a hash in the first encoding: one string, divided by its first "=".
func (g *grammar) property(what string) (doc, text string) {
	doc = `A name, "=" and a value. number-1 counts the octets of all three.`
	rule := "name-octet"
	if what == "text-property" {
		rule = "text-name-octet"
	}
	name := g.use(rule)
	if g.exact == 0 {
		return doc, fmt.Sprintf("%s *%s %%x3D *OCTET", g.use("number-1"), name)
	}
	// What follows is n octets with a "=" in them: either it comes at once, or behind one octet of the name.
	var forms []string
	for n := 1; n <= min(g.exact, 255); n++ {
		rest := g.claim(fmt.Sprintf("%s-%d", what, n))
		text := "%x3D"
		if n > 1 {
			text = fmt.Sprintf("%%x3D %dOCTET / %s %s", n-1, name, g.used[len(g.used)-1].name)
		}
		g.used = append(g.used, typeRule{what: what, name: rest, text: text})
		forms = append(forms, hexNumber(uint64(n), 1)+" "+rest)
	}
	return doc, strings.Join(forms, " / ")
}

// counted is a number of that size and as many items.
func (g *grammar) counted(size int, item string) string {
	most := g.exact
	if item != "OCTET" && item != g.rules["text-octet"] {
		most = g.count
	}
	if most == 0 {
		return g.use("number-"+strconv.Itoa(size)) + " *" + item
	}
	if size == 1 {
		most = min(most, 255)
	}
	forms := []string{hexNumber(0, size)}
	for n := 1; n <= most; n++ {
		times := ""
		if n > 1 {
			times = strconv.Itoa(n)
		}
		forms = append(forms, hexNumber(uint64(n), size)+" "+times+item)
	}
	return strings.Join(forms, " / ")
}
