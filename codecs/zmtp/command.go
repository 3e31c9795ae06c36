package zmtp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// maxCommand is the length of the longest command: a handshake's before the peer is admitted, and any on a connection.
const maxCommand = 8 << 10

// maxContext is the length of the longest context of a PING (ZMTP 3.1, "Connection Heartbeating").
const maxContext = 16

// errCommand: the peer sent a command that makes no sense.
var errCommand = errors.New("zmtp: the other end sent a command that makes no sense")

// appendName appends the beginning of a command's body.
func appendName(dst []byte, name string) []byte {
	return append(append(dst, byte(len(name))), name...)
}

// command makes the body of a command.
func command(name string, data ...[]byte) []byte {
	b := appendName(nil, name)
	for _, d := range data {
		b = append(b, d...)
	}
	return b
}

// parseCommand takes a command's body apart.
func parseCommand(body []byte) (name string, data []byte, err error) {
	if len(body) == 0 || body[0] == 0 || int(body[0]) > len(body)-1 {
		return "", nil, fmt.Errorf("%w: it has no name", errCommand)
	}
	n := 1 + int(body[0])
	return string(body[1:n]), body[n:], nil
}

// expect takes a command's body apart when it has that name.
func expect(body []byte, name string) ([]byte, error) {
	got, data, err := parseCommand(body)
	if err != nil {
		return nil, err
	}
	if got != name {
		return nil, fmt.Errorf("%w: %.20q instead of %s", errCommand, got, name)
	}
	return data, nil
}

// parseError reads the data of an ERROR command: what the peer says of why it will not go on.
func parseError(data []byte) error {
	if len(data) == 0 || int(data[0]) != len(data)-1 {
		return fmt.Errorf("%w: an ERROR without a reason", errCommand)
	}
	return fmt.Errorf("zmtp: refused by the other end: %q", data[1:])
}

// errorCommand is an ERROR with a reason.
func errorCommand(reason string) []byte {
	return command("ERROR", []byte{byte(len(reason))}, []byte(reason))
}

// appendProperty appends one property of metadata.
func appendProperty(dst []byte, name string, value []byte) []byte {
	dst = appendName(dst, name)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(value)))
	return append(dst, value...)
}

// properties are those of a peer's metadata that we look at.
type properties struct {
	socketType string
	identity   []byte
}

// parseProperties reads metadata. Names are compared without regard to case (ZMTP 3.1, "The NULL Security Mechanism"), and of
// several with the same name the last counts. What is not known is ignored.
func parseProperties(b []byte) (properties, error) {
	var p properties
	for len(b) > 0 {
		n := int(b[0])
		if n == 0 || len(b) < 1+n+4 {
			return p, fmt.Errorf("%w: metadata ends within a property", errCommand)
		}
		name, rest := b[1:1+n], b[1+n:]
		size := binary.BigEndian.Uint32(rest)
		if rest = rest[4:]; uint64(size) > uint64(len(rest)) {
			return p, fmt.Errorf("%w: property %.20q claims %d octets of %d", errCommand, name, size, len(rest))
		}
		value := rest[:size]
		b = rest[size:]
		switch {
		case bytes.EqualFold(name, []byte("Socket-Type")):
			p.socketType = string(value)
		case bytes.EqualFold(name, []byte("Identity")):
			p.identity = bytes.Clone(value)
		}
	}
	if len(p.identity) > 255 {
		return p, fmt.Errorf("%w: an identity of %d octets: at most 255 are possible", errCommand, len(p.identity))
	}
	if len(p.identity) > 0 && p.identity[0] == 0 {
		return p, fmt.Errorf("%w: an identity that begins with a zero octet", errCommand)
	}
	return p, nil
}

// parsePing reads the data of a PING: how long the peer may be silent, in tenths of a second (0: for ever), and what the
// PONG has to repeat.
func parsePing(data []byte) (ttl uint16, context []byte, err error) {
	if len(data) < 2 || len(data) > 2+maxContext {
		return 0, nil, fmt.Errorf("%w: a PING of %d octets", errCommand, len(data))
	}
	return binary.BigEndian.Uint16(data), data[2:], nil
}
