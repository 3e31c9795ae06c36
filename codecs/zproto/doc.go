// Package zproto makes codecs out of models of protocols. A model is a small XML file that says which
// messages there are and what fields they have; the generator turns it into Go that uses package wire. The
// command is cmd/zproto.
//
// # Models
//
//	<class name="lamp_msg" title="Lamps" signature="9">
//	    What the protocol is for.
//	    <define name="VERSION" value="1">A constant for the users of the codec.</define>
//	    <field name="version" type="number" size="1" value="VERSION">A field of all messages.</field>
//	    <message name="DIM" id="1">
//	        Sets the brightness of a lamp.
//	        <field name="lamp" type="string" text="true">Name of the lamp.</field>
//	        <field name="level" type="number" size="1">From 0, dark, to 255.</field>
//	    </message>
//	</class>
//
// The text of an element is its documentation. The elements and their attributes:
//
//   - class: name, title, signature. It holds define, field and message, in this order as far as it matters: a
//     define stands before its use, fields stand before messages.
//   - define: name, value. A number or a text.
//   - message: name, id (1–255). It holds field.
//   - field: name, type; size for number (1, 2, 4, 8) and octets (1–65535); value fixes what the field holds
//     (number, string, longstr, frame); text="true" refuses NUL (string, longstr, strings; in a hash: in keys).
//
// On the wire stand, in the first frame: the signature %xAAA and four bits, if the class has one; the id, one octet;
// the fields of the class; those of the message. The types are number, octets, uuid, string, longstr,
// strings, hash, chunk, frame and msg; package wire says what they look like. A frame follows the first frame, and a
// msg is all frames that are left, so a message's fields come in the order: fields of the first frame, frames, msg.
//
// A name means one thing: a field has the same type, size, text and fixedness in all messages, because one Go
// struct holds them all. The fixed value of a field that is called version has an error of its own.
//
// # Shape
//
// [Parse] reads the XML (xml.go), makes the model out of it (parse.go) and checks what concerns several elements
// (check.go). The result, [Class] (model.go), is correct, and knows no programming language. A
// generator adds the names of its language in a view (golang.go) and hands that to a template (golang.tmpl), whose
// output is formatted. Another output is another view and template; the model does not change for it.
//
// Mistakes are [*Error] values with file, line, column and a sentence. Nothing here panics on any input or needs
// more than a model's size allows: models have at most [MaxSize] octets.
package zproto
