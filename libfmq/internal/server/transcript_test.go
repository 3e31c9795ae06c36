package server

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/libfmq/internal/virtual"
	"github.com/zeromq/gozyre/libfmq/sasl"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// TestTranscripts replays testdata/*.txt: a line that is an input, "----", and all that followed. C: and D: are clients that
// speak. A "turn" is what is to be sent to one; "over" says what was done of it.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, string(text))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != string(text) {
				t.Errorf("%s differs; with -update it would read:\n%s", file, got)
			}
		})
	}
}

// replay runs the inputs of a transcript and writes it anew.
func replay(t *testing.T, text string) string {
	s := &stage{t: t, now: time.Unix(0, 0).UTC(), sources: map[string]*source{}, turns: map[string]*Turn{}, digests: map[string]dir.Digest{}}
	s.start()
	var out strings.Builder
	answer := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "----":
			answer = true
		case line == "":
			answer = false
			out.WriteString("\n")
		case answer:
		case strings.HasPrefix(line, "#"):
			out.WriteString(line + "\n")
		default:
			s.said.Reset()
			s.input(strings.Fields(line))
			fmt.Fprintf(&out, "%s\n----\n%s", line, s.said.String())
		}
	}
	return out.String()
}

// stage is a core with everything around it played.
type stage struct {
	t       *testing.T
	core    *Core
	now     time.Time
	said    bytes.Buffer
	sources map[string]*source
	turns   map[string]*Turn
	later   []func(time.Time) []machine.Effect
	digests map[string]dir.Digest // that the server knows, by key of the file
}

// source is a directory of which nobody reads.
type source struct {
	Source
	name string
}

func (s *stage) start(accounts ...string) {
	cfg := Config{
		Heartbeat: time.Second, Silence: 3,
		Digest: func(f *dir.File) (dir.Digest, bool) { d, ok := s.digests[fmt.Sprint(f.Key())]; return d, ok },
		Begin:  s.begin,
		Later:  func(input func(time.Time) []machine.Effect) { s.later = append(s.later, input) },
	}
	passwords, groups := map[string]string{}, map[string]string{}
	for _, a := range accounts {
		part := strings.Split(a, ":")
		passwords[part[0]], groups[part[0]] = part[1], part[2]
	}
	if len(accounts) > 0 {
		var err error
		if cfg.SASL, err = sasl.NewServer(sasl.PlainServer{Check: sasl.NewLogins(passwords).Check}); err != nil {
			s.t.Fatal(err)
		}
		cfg.Group = func(login string) string { return groups[login] }
	}
	s.core = New(cfg)
}

func (s *stage) say(format string, args ...any) { fmt.Fprintf(&s.said, format+"\n", args...) }

func (s *stage) begin(t *Turn) {
	s.turns[string(t.Peer)] = t
	s.say("turn %s credit=%d sequence=%d", t.Peer, t.Credit, t.Sequence)
	for _, i := range t.Items {
		switch {
		case i.Synced:
			s.say("    synced %s", i.Path)
		case i.Path == "":
			s.say("    nothing")
		case i.File == nil:
			s.say("    delete %s", i.Path)
		case i.Known.OK:
			s.say("    create %s size=%d known=%d,%x", i.Path, i.File.Size, i.Known.Size, i.Known.Digest[:2])
		default:
			s.say("    create %s size=%d", i.Path, i.File.Size)
		}
	}
}

// input carries out a line.
func (s *stage) input(words []string) {
	switch verb, rest := words[0], words[1:]; verb {
	case "accounts": // login:password:group …
		s.start(rest...)
	case "mount": // NAME PATH [groups=a,b] [FILE:SIZE…]
		src := &source{name: rest[0]}
		s.sources[rest[0]] = src
		var groups []string
		files := rest[2:]
		if len(files) > 0 && strings.HasPrefix(files[0], "groups=") {
			groups = strings.Split(files[0][7:], ",")
			files = files[1:]
		}
		s.effects(s.core.Mount(s.now, src, rest[1], groups, s.patches(files)))
	case "unmount":
		s.core.Unmount(s.sources[rest[0]])
	case "patch": // NAME FILE:SIZE -FILE …
		s.effects(s.core.Patch(s.now, s.sources[rest[0]], s.patches(rest[1:])))
	case "known": // FILE:SIZE DIGEST: the server has computed it
		p := s.patches(rest[:1])
		s.digests[fmt.Sprint(p[0].File.Key())] = digest(rest[1])
	case "over": // PEER [used=N] [finished=N] [full]
		s.over(rest[0], rest[1:])
	case "later": // what was to be done in a while
		for _, input := range s.later {
			s.effects(input(s.now))
		}
		s.later = nil
	case "writable":
		s.effects(s.core.Engine().Event(s.now, []byte(rest[0]), machine.Writable))
	case "gone":
		s.effects(s.core.Engine().Gone(s.now, []byte(rest[0])))
	case "room": // OCTETS for lists
		s.core.room, _ = strconv.Atoi(rest[0])
	case "stop":
		s.effects(s.core.Stop(s.now))
	case "pass":
		s.pass(rest[0])
	case "stats":
		st := s.core.Stats()
		s.say("clients=%d subscriptions=%d files=%d turns=%d lists=%d", st.Clients, st.Subscriptions, st.Files, st.Turns, s.core.listed)
	case "octets": // PEER HEX: what is no message
		b := make([]byte, len(rest[1])/2)
		fmt.Sscanf(rest[1], "%x", &b)
		s.effects(s.core.Engine().Message(s.now, []byte(rest[0]), [][]byte{b}))
	default:
		s.message(strings.TrimSuffix(verb, ":"), rest)
	}
}

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
	for _, i := range t.Items[len(t.Again):t.Finished] {
		if i.File != nil {
			t.Used += uint64(i.File.Size)
			t.Sequence += 2
			t.Ends = append(t.Ends, End{i.Path, t.Sequence - 1})
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

func (s *stage) pass(text string) {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	for end := s.now.Add(d); ; {
		at, ok := s.core.Engine().Deadline()
		if !ok || at.After(end) {
			s.now = end
			return
		}
		s.now = at
		s.effects(s.core.Engine().Tick(s.now))
	}
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

func FuzzListed(f *testing.F) {
	f.Add([]byte("3 AA A\x00"), "/a")
	f.Add([]byte("5 0123456789012345678901234567890123456789 b/c\x006 0123456789012345678901234567890123456789 ../x\x00"), "/")
	f.Fuzz(func(t *testing.T, value []byte, path string) {
		path, ok := virtual.Clean(path)
		if !ok {
			return
		}
		m := &fmq.Message{Options: []wire.Pair{{Key: []byte("RESUME"), Value: value}}, Cache: []wire.Pair{{Key: value, Value: bytes.Repeat([]byte("a"), 40)}}}
		for name, k := range readListed(m, path) {
			if !virtual.Covers(path, name) || name == "/" || slices.Contains(strings.Split(name, "/"), "..") || k.Size < -1 || !k.OK {
				t.Errorf("%q: %+v", name, k)
			}
		}
	})
}
