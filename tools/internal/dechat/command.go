package dechat

import (
	"fmt"
	"strings"
)

// verb is what a line asks for.
type verb string

const (
	nothing verb = ""
	shout   verb = "shout"
	whisper verb = "whisper"
	peers   verb = "peers"
	groups  verb = "groups"
	join    verb = "join"
	leave   verb = "leave"
	send    verb = "send"
	files   verb = "files"
	help    verb = "help"
	quit    verb = "quit"
)

// command is a line, understood: what to do, and the text after the verb.
type command struct {
	verb verb
	rest string
}

// usages are the commands as /help lists them, in its order.
var usages = []struct {
	verb         verb
	syntax, does string
}{
	{whisper, "/whisper NAME TEXT", "say TEXT to one peer; NAME: a name, or the start of a UUID"},
	{peers, "/peers", "who is there: name, UUID, address, groups"},
	{groups, "/groups", "which groups there are, and how many are in each"},
	{join, "/join GROUP", "join GROUP and talk there"},
	{leave, "/leave [GROUP]", "leave GROUP, or the one that you talk in"},
	{send, "/send FILE", "offer FILE to the group that you talk in, for as long as you are here"},
	{files, "/files", "which files have come, and who has yours"},
	{help, "/help", "this list"},
	{quit, "/quit", "say goodbye and leave"},
}

var aliases = map[string]verb{
	"w": whisper, "msg": whisper, "h": help, "?": help, "q": quit, "exit": quit, "part": leave, "who": peers,
}

// parse reads one line: a command after a slash, else text to shout. Two
// slashes shout a text that begins with one.
func parse(line string) (command, error) {
	line = strings.TrimRight(line, "\r\n")
	if strings.TrimSpace(line) == "" {
		return command{}, nil
	}
	if strings.HasPrefix(line, "//") {
		return command{shout, line[1:]}, nil
	}
	if !strings.HasPrefix(line, "/") {
		return command{shout, line}, nil
	}
	word, rest, _ := strings.Cut(line[1:], " ")
	rest = strings.TrimLeft(rest, " ")
	v, known := aliases[word]
	for _, u := range usages {
		if word == string(u.verb) {
			v, known = u.verb, true
		}
	}
	switch {
	case !known:
		return command{}, fmt.Errorf("there is no command /%s: /help lists them, //%s says it", printable(word), printable(word))
	case v == whisper && rest == "":
		return command{}, fmt.Errorf("/%s: to whom, and what? %s", word, syntax(v))
	case v == join && strings.TrimSpace(rest) == "":
		return command{}, fmt.Errorf("/%s: which group? %s", word, syntax(v))
	case v == send && strings.TrimSpace(rest) == "":
		return command{}, fmt.Errorf("/%s: which file? %s", word, syntax(v))
	case v != whisper && v != join && v != leave && v != send && rest != "":
		return command{}, fmt.Errorf("/%s takes nothing after it; //%s … says it", word, word)
	}
	if v == join || v == leave || v == send {
		rest = strings.TrimSpace(rest)
	}
	return command{v, rest}, nil
}

func syntax(v verb) string {
	for _, u := range usages {
		if u.verb == v {
			return u.syntax
		}
	}
	return ""
}
