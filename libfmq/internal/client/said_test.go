package client

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
)

func text(m fmq.Message) string {
	words := []string{m.ID.String()}
	switch m.ID {
	case fmq.IDYarly:
		words = append(words, string(m.Mechanism), fmt.Sprintf("%q", m.Response))
	case fmq.IDNom:
		words = append(words, fmt.Sprintf("credit=%d sequence=%d", m.Credit, m.Sequence))
	case fmq.IDIcanhaz:
		words = append(words, string(m.Path))
		for _, p := range m.Options {
			words = append(words, fmt.Sprintf("%s=%s", p.Key, strings.ReplaceAll(strings.ReplaceAll(string(p.Value), " ", ","), "\x00", ";")))
		}
		for _, p := range m.Cache {
			words = append(words, fmt.Sprintf("cache:%s=%s", p.Key, p.Value))
		}
	}
	return strings.Join(words, " ")
}

// message makes what the server says: a name, and fields or octets.
func (s *stage) message(words []string) [][]byte {
	ids := map[string]fmq.ID{}
	for id := range fmq.ID(255) {
		ids[id.String()] = id
	}
	m := fmq.Message{ID: ids[words[0]], Operation: fmq.OperationCreate}
	if words[0] == "octets" {
		b, err := hex.DecodeString(words[1])
		if err != nil {
			s.t.Fatal(err)
		}
		return [][]byte{b}
	}
	for key, value := range pairs(words[1:]) {
		switch key {
		case "mechanism":
			m.Mechanisms = append(m.Mechanisms, []byte(value))
		case "challenge":
			m.Challenge = []byte(value)
		case "reason":
			m.Reason = []byte(value)
		case "sequence":
			m.Sequence = s.number(value)
		case "delete":
			m.Operation, m.Filename = fmq.OperationDelete, []byte(value)
		case "file":
			m.Filename = []byte(value)
		case "offset":
			m.Offset = s.number(value)
		case "octets":
			m.Chunk = make([]byte, s.number(value))
		case "eof":
			m.Eof = 1
		default:
			m.Headers = append(m.Headers, wire.Pair{Key: []byte(key), Value: []byte(value)})
		}
	}
	first, err := m.Append(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return m.AppendRest([][]byte{first})
}

func pairs(words []string) func(func(key, value string) bool) {
	return func(yield func(key, value string) bool) {
		for _, w := range words {
			key, value, _ := strings.Cut(w, "=")
			if !yield(key, value) {
				return
			}
		}
	}
}

func (s *stage) number(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
