package server

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
)

// patches reads FILE:SIZE and -FILE.
func (s *stage) patches(words []string) (list []dir.Patch) {
	for _, w := range words {
		name, size, _ := strings.Cut(strings.TrimPrefix(w, "-"), ":")
		n, _ := strconv.ParseInt(size, 10, 64)
		list = append(list, dir.Patch{File: &dir.File{Name: name, Size: n, ModTime: time.Unix(n, 0)}, Deleted: w[0] == '-'})
	}
	return list
}

// digest is a digest that begins with the two octets given in hexadecimal.
func digest(text string) (d dir.Digest) {
	n, _ := strconv.ParseUint(text, 16, 16)
	d[0], d[1] = byte(n>>8), byte(n)
	return d
}

// message is something that a client says.
func (s *stage) message(peer string, words []string) {
	m := &fmq.Message{}
	for id := 1; id < 256; id++ {
		if fmq.ID(id).String() == words[0] {
			m.ID = fmq.ID(id)
		}
	}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		n, _ := strconv.ParseUint(value, 10, 64)
		switch key {
		case "path":
			m.Path = []byte(value)
		case "credit":
			m.Credit = n
		case "sequence":
			m.Sequence = n
		case "mechanism":
			m.Mechanism = []byte(value)
		case "response":
			m.Response = []byte(strings.ReplaceAll(value, "|", "\x00"))
		case "RESUME": // SIZE,DIGEST,NAME;…
			entries := ""
			for e := range strings.SplitSeq(value, ";") {
				if part := strings.Split(e, ","); len(part) == 3 {
					entries += fmt.Sprintf("%s %X %s\x00", part[0], digest(part[1]), part[2])
				}
			}
			m.Options = append(m.Options, wire.Pair{Key: []byte(key), Value: []byte(entries)})
		case "many": // so many entries
			var b []byte
			for i := range n {
				b = fmt.Appendf(b, "1 %X %d\x00", dir.Digest{}, i)
			}
			m.Options = append(m.Options, wire.Pair{Key: []byte("RESUME"), Value: b})
		case "cache": // DIGEST,NAME;…
			for e := range strings.SplitSeq(value, ";") {
				part := strings.Split(e, ",")
				m.Cache = append(m.Cache, wire.Pair{Key: []byte(part[1]), Value: fmt.Appendf(nil, "%x", digest(part[0]))})
			}
		default:
			m.Options = append(m.Options, wire.Pair{Key: []byte(key), Value: []byte(value)})
		}
	}
	frame, err := m.Append(nil)
	if err != nil {
		s.t.Fatalf("%v: %v", words, err)
	}
	s.effects(s.core.Engine().Message(s.now, []byte(peer), m.AppendRest([][]byte{frame})))
}

// over ends the turn of a client: as far as said, else wholly.
func (s *stage) over(peer string, words []string) {
	t := s.turns[peer]
	if t == nil {
		s.t.Fatalf("%s has no turn", peer)
	}
	delete(s.turns, peer)
	t.Finished = len(t.Items)
	used := int64(-1)
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		n, _ := strconv.ParseInt(value, 10, 64)
		switch key {
		case "used":
			used = n
		case "finished":
			t.Finished = int(n)
		case "full":
			t.Full = true
		case "again": // so many could not be read
			t.Again = append(t.Again, t.Items[:n]...)
		}
	}
	for j := range t.Items[len(t.Again):t.Finished] {
		i := &t.Items[len(t.Again)+j]
		if errors.Is(t.Send(i, func() error { return nil }), ErrWithdrawn) {
			s.say("withdrawn: %s", i.Path)
		} else if slices.Contains(words, "held") {
			t.Held = append(t.Held, Receipt{Path: i.Path, Size: i.File.Size, Digest: i.Known.Digest})
		} else if i.File != nil {
			t.Used += uint64(i.File.Size)
			if t.Sequence++; i.File.Size > 0 {
				t.Sequence++
			}
			t.Ends = append(t.Ends, End{Path: i.Path, Sequence: t.Sequence - 1, Size: i.File.Size, Digest: digest("d16e")})
		} else {
			t.Sequence++
		}
	}
	if used >= 0 {
		t.Used = uint64(used)
	}
	if t.Cancelled() {
		s.say("was cancelled")
	}
	s.effects(s.core.Settle(s.now, t))
}

// effects writes down what is sent.
func (s *stage) effects(list []machine.Effect) {
	for _, e := range list {
		switch e.Type {
		case machine.Fault:
			s.t.Fatal(e.Err)
		case machine.Send:
			var m fmq.Message
			if err := m.Parse(e.Frames); err != nil {
				s.t.Fatal(err)
			}
			text := fmt.Sprintf("to %s: %s", e.Peer, m.ID)
			if len(m.Mechanisms) > 0 {
				text += fmt.Sprintf(" mechanisms=%s", bytes.Join(m.Mechanisms, []byte(",")))
			}
			if len(m.Reason) > 0 {
				text += fmt.Sprintf(" reason=%q", m.Reason)
			}
			s.say("%s", text)
		}
	}
}
