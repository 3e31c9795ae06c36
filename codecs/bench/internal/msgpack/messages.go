// Package msgpack is the content of three of our messages, and what msgp makes of it.
package msgpack

//go:generate go tool msgp -file messages.go -o messages_gen.go -tests=false -io=false
//msgp:tuple Hello Header Whisper Cheezburger

// Hello is a HELLO.
type Hello struct {
	Sequence uint16
	Endpoint []byte
	Groups   [][]byte
	Status   uint8
	Name     []byte
	Headers  []Header
}

// Header is one of its headers.
type Header struct{ Key, Value []byte }

// Whisper is a WHISPER.
type Whisper struct {
	Sequence uint16
	Content  []byte
}

// Cheezburger is a CHEEZBURGER.
type Cheezburger struct {
	Sequence  uint64
	Operation uint8
	Filename  []byte
	Offset    uint64
	EOF       uint8
	Headers   []Header
	Chunk     []byte
}
