package zproto_test

import (
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// TestWrongMachines has a machine for each mistake, and all that Parse says about it.
func TestWrongMachines(t *testing.T) {
	const messages = `<message name="HI" id="1"><field name="who" type="string"/></message><message name="BYE" id="2"/>`
	// in puts elements into a server's model, from line 2 on; client does so into a client's.
	in := func(elements string) string {
		return `<class name="c" engine="server">` + messages + "\n" + elements + `</class>`
	}
	client := func(elements string) string {
		return `<class name="c" engine="client">` + messages + "\n" + elements + `</class>`
	}
	const good = `<state name="a"><event name="HI"><action name="send" message="BYE"/></event></state>`
	const whose = `say whose machine this is: <class> needs engine="server" or engine="client"`
	for _, c := range []struct{ name, model, want string }{
		{"engine", `<class name="c" engine="peer">` + messages + `</class>`, `m.xml:1:17: an engine is "server" or "client", not "peer"`},
		{"state without engine", `<class name="c">` + messages + "\n" + good + `</class>`, "m.xml:2:1: " + whose},
		{"action without engine", `<class name="c">` + messages + "\n" + `<action name="x"/></class>`, "m.xml:2:1: " + whose},
		{"method without engine", `<class name="c">` + messages + "\n" + `<method name="x"/></class>`, "m.xml:2:1: " + whose},
		{"selftest without engine", `<class name="c">` + messages + "\n" + `<selftest><step send="HI"/></selftest></class>`, "m.xml:2:11: " + whose},
		{
			"messages without names", `<class name="c" layout="frames" engine="server"><message name="HI"/>` + good + `</class>`,
			`m.xml:1:1: a machine has to know which message it got, and the wire does not tell: the header has no field "id"`,
		},
		{"message in small letters", in(good + "\n" + `<message name="expired" id="3"/>`), `m.xml:3:1: message "expired" becomes an event, so its name is all in capitals`},
		{"no state", in(""), `m.xml:1:1: a machine has a <state> at least`},
		{"too many states", in(strings.Repeat("\n"+good, 201)), `m.xml:203:1: a machine has at most 200 states`},
		{"begins in defaults", in(`<state name="defaults"><event name="HI" next="a"/></state>` + good), `m.xml:2:1: a machine begins in its first state, and "defaults" is none to be in: put another before it`},
		{"state twice", in(good + "\n " + good), `m.xml:3:2: there is a state "a" already, in line 2`},
		{"name of a state", in(`<state name="a  b"><event name="HI" next="a"/></state>`), `m.xml:2:8: "a  b" is no name: it is one or more words, a blank between them; a word is a letter, then letters, digits, "-" and "_"`},
		{"element in a state", in(`<state name="a"><action name="x"/></state>`), `m.xml:2:17: <state> has no element <action>: it holds text and event`},
		{"element in an event", in(`<state name="a"><event name="HI"><send/></event></state>`), `m.xml:2:34: <event> has no element <send>: it holds text and action`},
		{"state without event", in(`<state name="a"/>`), `m.xml:2:1: state "a" has no event, so nothing would ever happen in it`},
		{"defaults without event", in(good + "\n" + `<state name="defaults"/>`), `m.xml:3:1: state "defaults" has no event, so nothing would ever happen in it`},
		{"event twice", in(`<state name="a"><event name="HI"><action name="x"/></event>` + "\n" + `<event name="HI"><action name="x"/></event></state>`), `m.xml:3:1: state "a" has an event "HI" already, in line 2`},
		{"event without a way on", in(`<state name="a"><event name="HI"/></state>`), `m.xml:2:17: event "HI" has no way on: it needs an action or a next state`},
		{"event of no message", in(`<state name="a"><event name="HELLO"><action name="x"/></event></state>`), `m.xml:2:17: event "HELLO" is a message, since it is in capitals, and there is no such message`},
		{"event in mixed case", in(`<state name="a"><event name="Hi"><action name="x"/></event></state>`), `m.xml:2:17: event "Hi" is neither a message, all in capitals, nor an internal event, all in small letters`},
		{"unknown next", in(`<state name="a"><event name="HI" next="b"/></state>`), `m.xml:2:34: there is no state "b" to go to`},
		{
			"next is defaults", in(`<state name="a"><event name="HI" next="defaults"/></state><state name="defaults"><event name="BYE" next="a"/></state>`),
			`m.xml:2:34: "defaults" stands behind every state and is none to go to`,
		},
		{"next after the end", in(`<state name="a"><event name="HI" next="a"><action name="terminate"/></event></state>`), `m.xml:2:34: event "HI" terminates the machine, so no state is next`},
		{"inherits nothing", in(`<state name="a" inherit="b"/>`), `m.xml:2:17: there is no state "b" to inherit from`},
		{"inherits itself", in(`<state name="a" inherit="a"><event name="HI" next="a"/></state>`), `m.xml:2:17: state "a" inherits from itself`},
		{
			"inherits in a loop", in(`<state name="a" inherit="b"><event name="HI" next="b"/></state>` + "\n" + `<state name="b" inherit="c"/>` + "\n" + `<state name="c" inherit="b"/>`),
			`m.xml:3:17: state "b" inherits from itself, by way of "c"` + "\n" + `m.xml:4:17: state "c" inherits from itself, by way of "b"`,
		},
		{
			"defaults inherits", in(good + `<state name="defaults" inherit="a"><event name="BYE" next="a"/></state>`),
			`m.xml:2:108: "defaults" stands behind every state and inherits nothing itself`,
		},
		{
			"inherits defaults", in(`<state name="a" inherit="defaults"/><state name="defaults"><event name="BYE" next="a"/></state>`),
			`m.xml:2:17: every state has the events of "defaults": it need not inherit them`,
		},
		{"never reached", in(good + "\n" + `<state name="b"><event name="HI" next="c"/></state><state name="c"><event name="HI" next="a"/></state>`), `m.xml:3:1: state "b" is never reached: no event leads there from "a"` + "\n" + `m.xml:3:52: state "c" is never reached: no event leads there from "a"`},
		{"send without message", in(`<state name="a"><event name="HI"><action name="send"/></event></state>`), `m.xml:2:34: the action send needs the attribute "message"`},
		{"message of an action", in(`<state name="a"><event name="HI"><action name="x" message="HI"/></event></state>`), `m.xml:2:51: only the action send takes a message`},
		{"send of no message", in(`<state name="a"><event name="HI"><action name="send" message="HELLO"/></event></state>`), `m.xml:2:54: there is no message "HELLO" to send`},
		{"action described twice", in(`<state name="a"><event name="HI"><action name="x"/></event></state><action name="x"/>` + "\n" + `<action name="x"/>`), `m.xml:3:1: the action "x" is described already, in line 2`},
		{"action that no event has", in(good + "\n" + `<action name="x"/>`), `m.xml:3:1: no event has the action "x"`},
		{"built-in action described", in(good + "\n" + `<action name="terminate"/>`), `m.xml:3:1: the action "terminate" is built in, there is nothing to say about it`},
		{"method of a server", in(good + "\n" + `<method name="x"/>`), `m.xml:3:1: a server has no methods: the application calls a client`},
		{"method that can never succeed", client(good + "\n" + `<method name="x"/>`), `m.xml:3:1: no state has the event "x", so the method could never succeed`},
		{"method in capitals", client(good + "\n" + `<method name="HI"/>`), `m.xml:3:1: method "HI" becomes an internal event, so its name is in small letters`},
		{"method of a timer's name", client(good + "\n" + `<method name="expired"/>`), `m.xml:3:1: the engine itself raises the event "expired", so no method can have that name`},
		{"method of the connection's name", client(`<state name="a"><event name="up" next="a"/></state>` + "\n" + `<method name="up"/>`), `m.xml:3:1: the engine itself raises the event "up", so no method can have that name`},
		{"method twice", client(`<state name="a"><event name="x" next="a"/></state>` + "\n" + `<method name="x"/>` + "\n" + `<method name="x"/>`), `m.xml:4:1: there is a method "x" already, in line 3`},
		{"element in a method", client(good + "\n" + `<method name="x"><field/></method>`), `m.xml:3:18: <method> has no element <field>: it holds text and argument`},
		{"type of an argument", client(good + "\n" + `<method name="x"><argument name="y" type="int"/></method>`), `m.xml:3:37: unknown type "int" of an argument: the types are string number data dictionary`},
		{
			"argument twice", client(`<state name="a"><event name="x" next="a"/></state>` + "\n" + `<method name="x"><argument name="y" type="data"/>` + "\n" + `<argument name="y" type="data"/></method>`),
			`m.xml:4:1: method "x" has an argument "y" already, in line 3`,
		},
		{
			"argument of two types", client(`<state name="a"><event name="x" next="a"/><event name="z" next="a"/></state>` + "\n" + `<method name="x"><argument name="y" type="data"/></method>` + "\n" + `<method name="z"><argument name="y" type="string"/></method>`),
			`m.xml:4:18: argument "y" is a string here and a data in line 3: one name has one type in all methods`,
		},
		{"selftest of a client", client(good + "\n" + `<selftest><step send="HI"/></selftest>`), `m.xml:3:11: the steps of a selftest are those of a client: only a server has them`},
		{"element in a selftest", in(good + "\n" + `<selftest><send/></selftest>`), `m.xml:3:11: <selftest> has no element <send>: it holds step`},
		{"empty step", in(good + "\n" + `<selftest><step/></selftest>`), `m.xml:3:11: a step sends a message, or receives one, or both: send="…" recv="…"`},
		{"body of nothing", in(good + "\n" + `<selftest><step body="x" recv="HI"/></selftest>`), `m.xml:3:17: body is what is sent, and this step sends nothing`},
		{"step sends no message", in(good + "\n" + `<selftest><step send="HELLO"/></selftest>`), `m.xml:3:17: there is no message "HELLO" to send`},
		{"step receives no message", in(good + "\n" + `<selftest><step recv="HELLO"/></selftest>`), `m.xml:3:17: there is no message "HELLO" to receive`},
		{"body without a field", in(good + "\n" + `<selftest><step send="BYE" body="x"/></selftest>`), `m.xml:3:28: message "BYE" has no field for a body: that would be a string, longstr, chunk, frame or msg`},
	} {
		got, err := zproto.Parse("m.xml", []byte(c.model))
		if err == nil || got != nil || err.Error() != c.want {
			t.Errorf("%s:\ngot  %v\nwant %s", c.name, err, c.want)
		}
	}
	for name, model := range map[string]string{
		"good": in(good),
		"a state that is only inherited": in(`<state name="a" inherit="b"><event name="HI" next="a"/></state><state name="b"><event name="BYE" next="c"/></state>
			<state name="c"><event name="*" next="a"/></state>`),
		"reached by way of defaults":              in(good + `<state name="b"><event name="HI" next="b"/></state><state name="defaults"><event name="BYE" next="b"/></state>`),
		"a state that has the events of defaults": in(`<state name="a"/><state name="defaults"><event name="BYE" next="a"/></state>`),
		"a method": client(`<state name="a"><event name="turn on" next="a"/></state><method name="turn on"><argument name="level" type="number"/></method>`),
	} {
		if _, err := zproto.Parse("m.xml", []byte(model)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
