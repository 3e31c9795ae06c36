package zmtp

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// commandFields takes apart what follows a command's name. What makes no sense is one field.
func commandFields(name string, side Side, data []byte) []field {
	var fields []field
	cut := func(n int, random bool) {
		n = min(n, len(data))
		fields = append(fields, field{octets: data[:n], random: random})
		data = data[n:]
	}
	rest := func(random bool) {
		if len(data) > 0 {
			cut(len(data), random)
		}
	}
	curve := func(sizes ...int) { // what counts up and what is empty is the same each time
		for _, n := range sizes {
			cut(n, n != 2 && n != 8 && n != 72)
		}
		rest(true)
	}
	properties, whole := metadata(data)
	switch {
	case name == "HELLO" && len(data) == 194: // CURVE
		curve(2, 72, 32, 8)
	case name == "WELCOME" && len(data) > 0:
		curve(16)
	case name == "INITIATE" && !whole:
		curve(96, 8)
	case name == "READY" && !whole, name == "MESSAGE":
		curve(8)
	case name == "HELLO": // PLAIN
		for len(data) > 0 {
			cut(1+int(data[0]), false)
		}
	case whole && (name == "READY" || name == "INITIATE"):
		for _, p := range properties {
			cut(p.octets, false)
		}
	case name == "PING":
		cut(2, false)
	}
	rest(false)
	return fields
}

// commandRemark says what a command means.
func commandRemark(name string, data []byte) string {
	properties, whole := metadata(data)
	var more []string
	switch {
	case whole && (name == "READY" || name == "INITIATE"):
		for _, p := range properties {
			more = append(more, fmt.Sprintf("%s %q", p.name, p.value))
		}
	case name == "HELLO" && len(data) == 194:
		more = []string{"version, empty, the dialer's transient key, nonce, box"}
	case name == "WELCOME" && len(data) > 0:
		more = []string{"nonce, box"}
	case name == "INITIATE":
		more = []string{"cookie, nonce, box"}
	case name == "READY", name == "MESSAGE":
		more = []string{"nonce, box"}
	case name == "HELLO":
		more = []string{"user, password"}
	case name == "PING" && len(data) >= 2:
		more = []string{fmt.Sprintf("time to live %d tenths of a second", binary.BigEndian.Uint16(data))}
	}
	if len(more) == 0 {
		return name
	}
	return name + ": " + strings.Join(more, ", ")
}

// property is one of a connection's metadata.
type property struct {
	name, value string
	octets      int
}

// metadata reads properties, and says whether data is nothing but.
func metadata(data []byte) (all []property, whole bool) {
	for len(data) > 0 {
		name := int(data[0])
		if len(data) < 1+name+4 || name == 0 {
			return all, false
		}
		size := uint64(binary.BigEndian.Uint32(data[1+name:]))
		if uint64(len(data)) < uint64(5+name)+size {
			return all, false
		}
		p := property{name: string(data[1 : 1+name]), value: string(data[5+name : 5+name+int(size)]), octets: 5 + name + int(size)}
		all = append(all, p)
		data = data[p.octets:]
	}
	return all, true
}
