package zproto

import (
	"errors"
	"slices"
	"strings"
)

// conversation writes the model's own rules, with client-NAME for C:NAME and server-NAME for S:NAME.
func (g *grammar) conversation() error {
	if g.class.Grammar == "" {
		return nil
	}
	s, err := readConversation(g.class)
	if err != nil {
		return err
	}
	for name := range s.defined {
		g.names[name] = true
	}
	rules := map[string]string{} // "client-ping-ok" → its rule
	var order []abnfToken
	at := 0
	for _, t := range s.refs {
		if t.party == "" {
			continue
		}
		key := t.party + "-" + strings.ToLower(t.text)
		if rules[key] == "" {
			rules[key] = g.claim(t.party + "-" + s.messages[strings.ToLower(t.text)])
			order = append(order, t)
		}
		g.out.WriteString(s.text[at:t.from] + rules[key])
		at = t.to
	}
	g.out.WriteString(s.text[at:] + "\n")
	g.apart = true
	for _, t := range order {
		key := strings.ToLower(t.text)
		g.write("", rules[t.party+"-"+key], s.messages[key])
	}
	return nil
}

// checkGrammar finds the mistakes in a model's conversation.
func checkGrammar(c *Class) error {
	_, err := readConversation(c)
	return err
}

// syntax is a conversation: the rules that it defines and uses.
type syntax struct {
	class    *Class
	text     string            // all of it, in ASCII
	defined  map[string]bool   // its rules, in lower case
	refs     []abnfToken       // the rules that it uses
	messages map[string]string // rule of a message in lower case → as ABNF writes it
	toks     []abnfToken
	errs     []error
}

func readConversation(c *Class) (*syntax, error) {
	s := &syntax{class: c, defined: map[string]bool{}, messages: map[string]string{}}
	s.text = ascii(c.Grammar)
	names := &grammar{class: c, names: reservedNames()}
	names.claimMessages()
	for _, rule := range names.messageRules {
		s.messages[strings.ToLower(rule)] = rule
	}
	s.scan()
	for len(s.errs) == 0 && s.peek().kind != endToken {
		s.rule()
	}
	if len(s.errs) == 0 {
		s.resolve()
	}
	return s, errors.Join(s.errs[:min(len(s.errs), MaxErrors)]...)
}

// resolve wants everything that is used to exist.
func (s *syntax) resolve() {
	for _, t := range s.refs {
		key := strings.ToLower(t.text)
		switch {
		case t.party != "" && s.messages[key] == "":
			s.errorf(t, "there is no message %q", t.text)
		case t.party == "" && !s.defined[key] && s.messages[key] == "" && !slices.Contains(coreRules, key):
			s.errorf(t, "%q is no rule of this grammar, no message and no core rule of RFC 5234", t.text)
		}
	}
}

func (s *syntax) errorf(t abnfToken, format string, args ...any) {
	at := s.class.GrammarPos
	at.Line, at.Col = at.Line+t.line-1, at.Col+t.col
	s.errs = append(s.errs, at.errorf("grammar: "+format, args...))
}

// rule = rulename ("=" / "=/") elements; it begins its line, and its further lines do not.
func (s *syntax) rule() {
	name := s.next()
	if name.kind != nameToken || name.party != "" || !name.margin {
		s.errorf(name, "here a rule should begin, at the left: name = elements")
		return
	}
	key := strings.ToLower(name.text)
	switch sign := s.next(); {
	case sign.kind == '=' && s.defined[key]:
		s.errorf(name, "there is a rule %q already", name.text)
	case sign.kind == '=' && s.messages[key] != "":
		s.errorf(name, "%q is a message: its rule is made from its fields", name.text)
	case sign.kind == '=' && slices.Contains(coreRules, key):
		s.errorf(name, "%q is a core rule of RFC 5234", name.text)
	case sign.kind == moreToken && !s.defined[key]:
		s.errorf(name, "=/ adds to a rule %q that is not defined above", name.text)
	case sign.kind != '=' && sign.kind != moreToken:
		s.errorf(sign, "after the name of a rule stands \"=\"")
	}
	s.defined[key] = true
	s.alternation(0)
	if t := s.peek(); len(s.errs) == 0 && t.kind != endToken && !t.margin {
		s.errorf(t, "%q does not belong here", s.text[t.from:t.to])
	}
}

// alternation = concatenation *("/" concatenation)
func (s *syntax) alternation(depth int) {
	if depth > 32 {
		s.errorf(s.peek(), "brackets are nested too deep")
		return
	}
	for {
		s.concatenation(depth)
		if len(s.errs) > 0 || s.peek().kind != '/' {
			return
		}
		s.next()
	}
}

// concatenation = 1*([repeat] element)
func (s *syntax) concatenation(depth int) {
	for n := 0; len(s.errs) == 0; n++ {
		t := s.peek()
		inside := !t.margin && (t.kind == nameToken || t.kind == repeatToken || t.kind == valueToken || t.kind == '(' || t.kind == '[')
		if !inside {
			if n == 0 {
				s.errorf(t, "here an element should stand: a rule, a value, or a group in brackets")
			}
			return
		}
		if t.kind == repeatToken {
			s.next()
		}
		s.element(depth)
	}
}

// element = rulename / group / option / value
func (s *syntax) element(depth int) {
	t := s.next()
	switch {
	case t.margin:
		s.errorf(t, "a rule's further lines are indented")
	case t.kind == nameToken:
		s.refs = append(s.refs, t)
	case t.kind == valueToken:
	case t.kind == '(' || t.kind == '[':
		s.alternation(depth + 1)
		want := map[byte]byte{'(': ')', '[': ']'}[t.kind]
		if end := s.next(); len(s.errs) == 0 && end.kind != want {
			s.errorf(t, "%q is not closed by %q", t.kind, want)
		}
	default:
		s.errorf(t, "here an element should stand: a rule, a value, or a group in brackets")
	}
}
