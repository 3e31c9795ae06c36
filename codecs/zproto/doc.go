// Package zproto makes everything that can be said of a protocol out of one model: codecs and engines in Go, tests, vectors
// for any language, the grammar, tables and pictures for its specification, and whatever a template makes of it. A model is
// a small XML file that says which messages there are, what fields they have, and what a server or client does with
// them. The command is cmd/zproto.
//
// # Models of messages
//
//	<class name="lamp_msg" title="Lamps" signature="9">
//	    What the protocol is for.
//	    <grammar>
//	        lamps = C:HELLO *( C:DIM ( S:OK / S:SORRY ) )
//	    </grammar>
//	    <define name="VERSION" value="1">A constant for the users of the codec.</define>
//	    <header>
//	        <field name="version" type="number" size="1" value="VERSION">A field of all messages.</field>
//	    </header>
//	    <message name="DIM" id="1">
//	        Sets the brightness of a lamp.
//	        <field name="lamp" type="string" text="true">Name of the lamp.</field>
//	        <field name="level" type="number" size="1">From 0, dark, to 255.</field>
//	    </message>
//	    …
//	</class>
//
// The text of an element is its documentation. The elements and their attributes:
//
//   - class: name, title; signature (0–15); wire, layout, engine. It holds the others.
//   - grammar: the conversation in ABNF (RFC 5234), whose rules name messages, with C: before those that a client sends
//     and S: before those of a server. It needs no rules for the messages: the model has them.
//   - define: name, value. A number or a text. It stands before its use. Numbers STATE-ON and STATE-OFF are what the values of a
//     field called state mean.
//   - header: it holds the fields that all messages have, and stands before the messages.
//   - message: name, id (1–255). It holds field.
//   - field: name, type; size for number (1, 2, 4, 8) and octets (1–65535); value fixes what the field holds
//     (number, string, longstr, frame); text="true" refuses NUL (string, longstr, strings; in a hash: in keys); least="1"
//     wants a msg to have a frame.
//
// In the layout binary, which is the default, there stand in the first frame: the signature %xAAA and four bits, if the
// class has one; the id, one octet; the fields of the header; those of the message. The types are number, octets, uuid,
// string, longstr, strings, hash, chunk, frame and msg; package wire says what they look like (wire="1": the older
// encoding of strings and hash). A frame follows the first frame, and a msg is all frames that are left, so a message's
// fields come in the order: fields of the first frame, frames, msg.
//
// In the layout frames each field is a frame, in order, without signature. The types are number, string, frame and msg. The
// header field called id says which message it is: as its number (a number of size 1), or as its name (a string). A
// class without such a field takes its reader's word for it.
//
// A name means one thing: a field has the same type, size, text and fixedness in all messages, because one Go
// struct holds them all. The fixed value of a field that is called version has an error of its own.
//
// # Models of state machines
//
//	<class name="lamp_server" title="A server of lamps" engine="server">
//	    <include file="lamp_msg.xml"/>
//	    <state name="start">
//	        <event name="HELLO" next="serving"><action name="check name"/><action name="send" message="OK"/></event>
//	    </state>
//	    <state name="serving" inherit="alive">…</state>
//	    <state name="defaults">…</state>
//	    <action name="check name">Raises "denied" for a stranger.</action>
//	    <selftest><step send="HELLO" body="Joe" recv="OK"/></selftest>
//	</class>
//
// It stands in a file of its own, beside what it includes. The elements and their attributes:
//
//   - include: file. A model of messages that is part of this one.
//   - state: name; inherit, another state whose events count where the own ones say nothing. It holds event. The first state
//     is the beginning; the one called defaults counts in all states, behind everything else.
//   - event: name; next, the state that follows. It holds action. A name in capitals is a message, "*" is any message that
//     nothing else names, one in small letters comes from an action, a timer or a method. What a state does not know is
//     ignored and counted.
//   - action: name; message. "send" sends the message when all actions are done, "terminate" ends the machine, any
//     other is written by hand, in Go.
//   - method: name. A call of the application to a client. It holds argument: name, type (string, number, data, dictionary).
//   - selftest: it holds step: send, body, recv. A conversation that must go like this.
//
// # What is made
//
//   - [Go]: the codec; [ServerEngine], [ClientEngine]: the state machine, as package machine runs it; [Selftest]: a test;
//   - [Vectors]: messages in octets, to be accepted or refused;
//   - [ABNF]: the grammar, legal and complete;
//   - [MessageTables], [ConstantTable], [StateTables], [Listing]: Markdown;
//   - [StateDiagram], [MessageLayout], [Figure]: pictures in Graphviz's language;
//   - [Template]: anything else. The folder examples has two languages that are no protocols at all: slides, and a table.
//   - [Lua]: a dissector for Wireshark;
//   - [Fill] puts grammar, tables and pictures into a specification; tools/dev/specs does so for all.
//
// # Shape
//
// [Parse] and [Load] read the XML (xml.go), make the model out of it (parse.go) and check what concerns several elements
// (check.go). The result, [Class] (model.go, machine.go), is correct, and knows no programming language. A
// generator adds the names of its language in a view (golang.go) and hands that to a template (golang.tmpl), whose
// output is formatted. Another output is another view and template; the model does not change for it.
//
// Mistakes are [*Error] values with file, line, column and a sentence. Nothing here panics on any input or needs
// more than a model's size allows: models have at most [MaxSize] octets.
//
// Draft: this package may change.
package zproto

//go:generate go run ../cmd/zproto -template examples/presentation.tmpl -tree -o examples/presentation.md examples/presentation.xml
//go:generate go run ../cmd/zproto -template examples/table.tmpl -tree -o examples/table.sql examples/table.xml
