package rfcs_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	goabnf "github.com/pandatix/go-abnf"
	"github.com/zeromq/gozyre/codecs/zproto"
)

// language is what a grammar admits.
type language struct {
	class     *zproto.Class
	grammar   *goabnf.Grammar
	generator *goabnf.ASTGenerator
}

// root is the rule of any message of a class. No model has such a name.
const root = "zzz-any-message"

// newLanguage makes the grammar of a class: with exact, the one that counts to it; with 0, the one that is published.
func newLanguage(tb testing.TB, c *zproto.Class, exact int) *language {
	tb.Helper()
	text, err := zproto.ABNF(c, zproto.ABNFOptions{Exact: exact})
	if err != nil {
		tb.Fatal(err)
	}
	var names []string
	for _, m := range c.Messages {
		names = append(names, zproto.ABNFRule(c, m))
	}
	g := parseABNF(tb, c.Name, string(text)+root+" = "+strings.Join(names, " / ")+"\n")
	generator, err := goabnf.NewASTGenerator(g, root, goabnf.WithMaxRepeat(4))
	if err != nil {
		tb.Fatal(err)
	}
	return &language{c, g, generator}
}

// parseABNF wants a grammar that is legal by RFC 5234, and in which each rule is defined, and once.
func parseABNF(tb testing.TB, name, text string) *goabnf.Grammar {
	tb.Helper()
	g, err := goabnf.ParseABNF([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	if err != nil {
		tb.Fatalf("%s: the grammar is wrong: %v\n%s", name, err, text)
	}
	return g
}

func (l *language) matches(tb testing.TB, frames [][]byte) bool {
	tb.Helper()
	if len(frames) == 0 {
		return false // not even an empty text
	}
	ok, err := l.grammar.IsValid(root, asText(frames))
	if err != nil {
		tb.Fatal(err)
	}
	return ok
}

// frameStart stands between frames, where no octet can be mistaken for it.
const frameStart = 0x100

// asText writes frames as the grammars describe them: a code point for each octet.
func asText(frames [][]byte) []byte {
	var text []byte
	for i, f := range frames {
		if i > 0 {
			text = utf8.AppendRune(text, frameStart)
		}
		for _, octet := range f {
			text = utf8.AppendRune(text, rune(octet))
		}
	}
	return text
}

// asFrames undoes asText.
func asFrames(text []byte) [][]byte {
	list := [][]byte{{}}
	for _, r := range string(text) {
		if r == frameStart {
			list = append(list, []byte{})
		} else {
			list[len(list)-1] = append(list[len(list)-1], byte(r))
		}
	}
	return list
}

// within tells whether no length and no count of a message is above most. Frames are not counted: the grammars say
// all there is to say about them.
func within(v *zproto.Values, most int) bool {
	for _, f := range v.List {
		long := len(f.List) > most && f.Field.Type != zproto.Msg || len(f.Pairs) > most
		switch f.Field.Type {
		case zproto.Frame, zproto.Msg, zproto.Octets, zproto.UUID:
			continue
		case zproto.String:
			long = v.Class.Layout == zproto.Binary && len(f.Octets) > most
		case zproto.LongStr, zproto.Chunk:
			long = len(f.Octets) > most
		}
		for _, t := range f.List {
			long = long || len(t) > most
		}
		for _, p := range f.Pairs {
			long = long || len(p.Key) > most || len(p.Value) > most
			long = long || v.Class.Wire == 1 && len(p.Key)+1+len(p.Value) > most
		}
		if long {
			return false
		}
	}
	return true
}

// accepts tells whether the codec takes frames for a message of its protocol, and which.
func (c *codec) accepts(class *zproto.Class, frames [][]byte) (string, error) {
	if class.Named() {
		err := c.decode(frames, "")
		return fmt.Sprint(c.message.Elem().FieldByName("ID").Interface()), err
	}
	var err error
	for _, m := range class.Messages { // what they have in common cannot be told apart
		if err = c.decode(frames, m.Name); err == nil {
			return m.Name, nil
		}
	}
	return "", err
}

// nearMiss changes one thing of a message: an octet is another one, is gone or is added, or a frame is.
func nearMiss(frames [][]byte, draw func(n int) int) [][]byte {
	other := make([][]byte, len(frames))
	for i, f := range frames {
		other[i] = bytes.Clone(f)
	}
	i := draw(len(frames))
	at := draw(len(frames[i]) + 1)
	head, tail := other[i][:at:at], other[i][at:]
	switch draw(9) {
	case 0: // a frame is added
		return append(append(append([][]byte{}, other[:i]...), []byte{}), other[i:]...)
	case 1: // a frame is gone, if there is another
		if len(other) > 1 {
			return append(other[:i], other[i+1:]...)
		}
	case 2, 3: // an octet is added
		other[i] = append(append(head, byte(draw(256))), tail...)
		return other
	case 4: // an octet is gone
		if len(tail) > 0 {
			other[i] = append(head, tail[1:]...)
			return other
		}
	case 5: // an octet is NUL
		if len(tail) > 0 && tail[0] != 0 {
			tail[0] = 0
			return other
		}
	case 6: // a number is one more or less
		if len(tail) > 0 {
			tail[0] += byte(2*draw(2) - 1)
			return other
		}
	}
	if len(tail) > 0 {
		tail[0] ^= byte(1 + draw(255))
		return other
	}
	other[i] = append(other[i], byte(draw(256)))
	return other
}
