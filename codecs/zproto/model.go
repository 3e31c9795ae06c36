package zproto

// Class is a protocol: everything that one model file says. Parse has checked it; a generator may rely on the
// rules in the package documentation.
type Class struct {
	Pos
	Name       string     // "zre_msg": names the generated file
	Title      string     // one line
	Doc        string     // text of the element, one paragraph
	Signature  int        // 0–15, the last four bits of the two octets AA Ax; -1: the protocol has none
	Wire       int        // 1 or 2: which encoding of strings and hash
	Layout     Layout     // how fields become frames
	Engine     Engine     // whose state machine the states are
	Includes   []*Include // other models that are part of this one
	Grammar    string     // ABNF of the conversation, with C: and S: before the names of messages; lines as in the file
	GrammarPos Pos        // where the grammar's first line stands
	Defines    []*Define  // constants for the users of the codec
	Header     []*Field   // fields that every message has after its id
	Messages   []*Message // in the order of the file
	States     []*State   // the first is where a machine begins; the one called "defaults" is no state but stands behind all
	Actions    []*Action  // what is said about actions beside their uses
	Methods    []*Method  // calls of the application to a client's machine
	Selftest   []*Step    // a conversation that must go like this
}

// Layout is how the fields of a message become frames.
type Layout string

const (
	// Binary puts signature, id and all fields but frame and msg into the first frame.
	Binary Layout = "binary"
	// Frames gives each field a frame of its own.
	Frames Layout = "frames"
)

// Engine is the party whose state machine a model describes.
type Engine string

const (
	NoEngine Engine = ""       // messages only
	Server   Engine = "server" // one machine for each client
	Client   Engine = "client" // one machine, with methods for the application
)

// Include names a model file whose define, header, message and grammar elements are part of this class.
type Include struct {
	Pos
	File  string // relative to the file that it stands in
	Class *Class // what stands in it
}

// IDField is the field of the header that says which message it is, in the layout Frames; nil where the binary
// layout has its id octet, and where nothing on the wire says it.
func (c *Class) IDField() *Field {
	if c.Layout == Frames {
		for _, f := range c.Header {
			if f.Name == "id" {
				return f
			}
		}
	}
	return nil
}

// Numbered tells whether the id of a message is on the wire as a number.
func (c *Class) Numbered() bool {
	f := c.IDField()
	return c.Layout == Binary || f != nil && f.Type == Number
}

// Named tells whether the wire says which message it is at all.
func (c *Class) Named() bool { return c.Layout == Binary || c.IDField() != nil }

// Message gives the message of that name, or nil.
func (c *Class) Message(name string) *Message {
	for _, m := range c.Messages {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// SignatureValue gives the two octets that begin each message. It means nothing if Signature is -1.
func (c *Class) SignatureValue() uint16 { return 0xAAA0 | uint16(c.Signature) }

// Message is one message of a class.
type Message struct {
	Pos
	Name   string   // "PING-OK"
	ID     uint8    // 1–255; where it is not on the wire, the place in the file
	Doc    string   // the model's own words
	Fields []*Field // without those of the header
}

// Define is a named constant. It takes no part in the encoding.
type Define struct {
	Pos
	Name   string // as the model has it
	Value  string // as written
	IsText bool   // Value is not a decimal number of at most 64 bits
	Number uint64 // the value, unless IsText
	Doc    string // the model's own words
}

// Type is the encoding of a field.
type Type string

// The types of fields. The package documentation says what each looks like on the wire.
const (
	Number  Type = "number"
	Octets  Type = "octets"
	UUID    Type = "uuid"
	String  Type = "string"
	LongStr Type = "longstr"
	Strings Type = "strings"
	Hash    Type = "hash"
	Chunk   Type = "chunk"
	Frame   Type = "frame"
	Msg     Type = "msg"
)

// Types lists all types, in the order in which the documentation explains them.
func Types() []Type {
	return []Type{Number, Octets, UUID, String, LongStr, Strings, Hash, Chunk, Frame, Msg}
}

// OwnFrame tells whether the field stands in frames of its own behind the first one.
func (t Type) OwnFrame() bool { return t == Frame || t == Msg }

// Field is a field of a message, or of the header of all messages.
type Field struct {
	Pos
	Name   string // as the model has it: "sequence"
	Type   Type   // how it is encoded
	Size   int    // number: 1, 2, 4 or 8; octets: 1–65535; uuid: 16; else 0
	Text   bool   // NUL is refused: in the text, in each text of strings, in each key of a hash
	Least  int    // msg: the number of frames that it has at least, 0 or 1
	Fixed  bool   // the model fixes the value; the field is on the wire, but not in the API
	Value  string // the fixed value of a string, longstr or frame
	Number uint64 // the fixed value of a number
	Doc    string // the model's own words
}

// same tells whether two fields of one name can share one field of a Go struct.
func (f *Field) same(g *Field) bool {
	return f.Type == g.Type && f.Size == g.Size && f.Text == g.Text && f.Fixed == g.Fixed && f.Least == g.Least
}

// kind names what same compares, for an error.
func (f *Field) kind() string {
	s := string(f.Type)
	if f.Size > 0 && f.Type != UUID {
		s += " of " + plural(f.Size, "octet")
	}
	if f.Text {
		s += " without NUL"
	}
	if f.Least > 0 {
		s += " of a frame at least"
	}
	if f.Fixed {
		s += " with a fixed value"
	}
	return s
}

// Union gives the fields of all messages that are not fixed, one for each name: those of the header, then
// each where it first occurs. It is what one struct for all messages has to hold.
func (c *Class) Union() []*Field {
	var union []*Field
	seen := map[string]bool{}
	add := func(fields []*Field) {
		for _, f := range fields {
			if !f.Fixed && !seen[f.Name] {
				seen[f.Name] = true
				union = append(union, f)
			}
		}
	}
	for _, f := range c.Header {
		if f != c.IDField() {
			add([]*Field{f})
		}
	}
	for _, m := range c.Messages {
		add(m.Fields)
	}
	return union
}

// Fields lists every field of the class as it is declared: those of the header, then each message's.
func (c *Class) Fields() []*Field {
	list := append([]*Field(nil), c.Header...)
	for _, m := range c.Messages {
		list = append(list, m.Fields...)
	}
	return list
}
