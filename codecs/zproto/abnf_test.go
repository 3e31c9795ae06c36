package zproto_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// TestConversations has a mistake in each grammar, and all that Parse says about it.
func TestConversations(t *testing.T) {
	const unknown = " is no rule of this grammar, no message and no core rule of RFC 5234"
	for _, c := range []struct{ grammar, want string }{
		{"a = C:HI / S:hi / hi\nb = DIGIT alpha a", ""},
		{"a = HI ; &lt;prose> “in” a remark\n\n; and %\n", ""},
		{"a = [ 1*HI ( 2HI / *3HI ) ] 0*1HI %x41.42 %d65-90 %b1 \"x\" \"\"\na =/ HI\n  / HI", ""},
		{"a = b", `m.xml:2:7: grammar: "b"` + unknown},
		{"a = HI\n\nb = HI\n  / C", `m.xml:5:7: grammar: "C"` + unknown},
		{"a = C:BYE", `m.xml:2:7: grammar: there is no message "BYE"`},
		{"a = X:HI", `m.xml:2:7: grammar: only C: and S: may stand before the name of a message`},
		{"a = HI\nA = HI", `m.xml:3:3: grammar: there is a rule "A" already`},
		{"hi = \"x\"", `m.xml:2:3: grammar: "hi" is a message: its rule is made from its fields`},
		{"octet = \"x\"", `m.xml:2:3: grammar: "octet" is a core rule of RFC 5234`},
		{"a =/ HI", `m.xml:2:3: grammar: =/ adds to a rule "a" that is not defined above`},
		{"C:HI = HI", `m.xml:2:3: grammar: here a rule should begin, at the left: name = elements`},
		{"= HI", `m.xml:2:3: grammar: here a rule should begin, at the left: name = elements`},
		{"a HI", `m.xml:2:5: grammar: after the name of a rule stands "="`},
		{"a =", `m.xml:2:6: grammar: here an element should stand: a rule, a value, or a group in brackets`},
		{"a = HI /", `m.xml:2:11: grammar: here an element should stand: a rule, a value, or a group in brackets`},
		{"a = 3*", `m.xml:2:9: grammar: here an element should stand: a rule, a value, or a group in brackets`},
		{"a = 2*\nHI", `m.xml:3:3: grammar: a rule's further lines are indented`},
		{"a = 3*2HI", `m.xml:2:7: grammar: "3*2" is no repetition: the least number stands before the largest`},
		{"a = (HI", `m.xml:2:7: grammar: '(' is not closed by ')'`},
		{"a = (HI]", `m.xml:2:7: grammar: '(' is not closed by ')'`},
		{"a = HI)", `m.xml:2:9: grammar: ")" does not belong here`},
		{"a = \"x", `m.xml:2:7: grammar: the text is not closed in its line`},
		{"a = %x", `m.xml:2:7: grammar: after % stands x, d or b with digits: %x41, %x41.42 or %x41-5A`},
		{"a = %q1", `m.xml:2:7: grammar: after % stands x, d or b with digits: %x41, %x41.42 or %x41-5A`},
		{"a = %x41-", `m.xml:2:11: grammar: '-' is no sign of RFC 5234`},
		{"a = %x41-42-43", `m.xml:2:14: grammar: '-' is no sign of RFC 5234`},
		{"a = &lt;any>", `m.xml:2:7: grammar: a description in <> is no grammar: write the rule`},
		{"a = HI + HI", `m.xml:2:10: grammar: '+' is no sign of RFC 5234`},
		{"a = é", `m.xml:2:7: grammar: '?' is no sign of RFC 5234`},
		{"a = " + strings.Repeat("(", 40) + "HI" + strings.Repeat(")", 40), `m.xml:2:40: grammar: brackets are nested too deep`},
	} {
		model := "<class name=\"c\"><grammar>\n  " + strings.ReplaceAll(c.grammar, "\n", "\n  ") + "\n</grammar><message name=\"HI\" id=\"1\"/></class>"
		_, err := zproto.Parse("m.xml", []byte(model))
		if got := fmt.Sprint(err); c.want == "" && err != nil || c.want != "" && got != c.want {
			t.Errorf("%s\ngives %v\nand not %s", c.grammar, err, c.want)
		}
	}
}

// TestABNFRule: names that a grammar cannot have get others, and the rule is there.
func TestABNFRule(t *testing.T) {
	c, err := zproto.Parse("m.xml", []byte(`<class name="c">
		<message name="OCTET" id="1"/><message name="A_B" id="2"/><message name="A-B" id="3"/><message name="message" id="4"/>
		<message name="STRING" id="5"><field name="signature" type="string"/><field name="a-b" type="octets" size="3"/></message>
	</class>`))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range c.Messages {
		names = append(names, zproto.ABNFRule(c, m))
	}
	if got := strings.Join(names, " "); got != "OCTET-message A-B A-B-message message STRING" {
		t.Errorf("the rules are %s", got)
	}
	for _, exact := range []int{0, 1, 3} {
		text, err := zproto.ABNF(c, zproto.ABNFOptions{Exact: exact})
		if err != nil {
			t.Fatal(err)
		}
		legal(t, text)
		for _, n := range names {
			if !strings.Contains("\n"+string(text), "\n"+n+" ") {
				t.Errorf("there is no rule %s in\n%s", n, text)
			}
		}
		if exact > 0 && !strings.HasPrefix(string(text), "; Any message.\nany-message ") {
			t.Errorf("the first rule is not any message:\n%s", text)
		}
	}
}

// TestFirstEncoding: what wire="1" makes of lists, to read and exactly.
func TestFirstEncoding(t *testing.T) {
	c, err := zproto.Parse("m.xml", []byte(`<class name="c" wire="1"><message name="M" id="1">
		<field name="s" type="strings"/><field name="h" type="hash"/><field name="t" type="hash" text="true"/>
	</message></class>`))
	if err != nil {
		t.Fatal(err)
	}
	for exact, want := range map[int][]string{
		0: {
			"strings         = number-1 *string\n",
			"hash            = number-1 *property\n",
			"property        = number-1 *name-octet %x3D *OCTET\n",
			"text-property   = number-1 *text-name-octet %x3D *OCTET\n",
			"name-octet      = %x00-3C / %x3E-FF\n",
			"text-name-octet = %x01-3C / %x3E-FF\n",
		},
		2: {
			"strings         = %x00 / %x01 string / %x02 2string\n",
			"hash            = %x00 / %x01 property / %x02 2property\n",
			"property        = %x01 property-1 / %x02 property-2\n",
			"property-1      = %x3D\n",
			"property-2      = %x3D 1OCTET / name-octet property-1\n",
			"text-property-2 = %x3D 1OCTET / text-name-octet text-property-1\n",
		},
	} {
		text, err := zproto.ABNF(c, zproto.ABNFOptions{Exact: exact})
		if err != nil {
			t.Fatal(err)
		}
		legal(t, text)
		for _, rule := range want {
			if !strings.Contains(string(text), "\n"+rule) {
				t.Errorf("with Exact %d there is no %sin\n%s", exact, rule, text)
			}
		}
	}
}
