package zproto

import "strconv"

// Error is a mistake in a model: where it stands and a sentence that says what is wrong and what would be
// right. [Parse] joins all it finds (errors.Join), in the order of the file, at most [MaxErrors].
type Error struct {
	File      string // as given to Parse
	Line, Col int    // from 1; columns count octets
	Msg       string // the sentence
}

// Error implements error in the form that editors jump to: "zre_msg.xml:12:9: unknown type …".
func (e *Error) Error() string {
	return e.File + ":" + strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Col) + ": " + e.Msg
}

// Pos is a place in a model file. Line and column count from 1, columns in octets.
type Pos struct {
	File      string // as given to Parse, or as an include names it
	Line, Col int    // from 1
}
