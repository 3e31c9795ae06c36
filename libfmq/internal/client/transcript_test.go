package client

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/sasl"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// TestTranscripts replays testdata/*.txt: a line that is an input, "----", and all that followed. "recv" is what the server says, "send"
// what we say; a word in small letters is what the world around does, or is asked to do.
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
	s := &stage{t: t, now: time.Unix(0, 0)}
	s.dial("")
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

// stage is a conversation with everything around it played.
type stage struct {
	t    *testing.T
	core *Core
	now  time.Time
	said bytes.Buffer
	subs []Subscription
	told uint64 // subscriptions, so far
	name string
}

// dial makes the client anew, with a login and a password or without.
func (s *stage) dial(login string) {
	mechanisms := []sasl.ClientMechanism{sasl.AnonymousClient{}}
	if name, password, ok := strings.Cut(login, ":"); ok {
		mechanisms = append([]sasl.ClientMechanism{sasl.PlainClient{Login: name, Password: password}}, mechanisms...)
	}
	c, err := sasl.NewClient(mechanisms...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.core = New(Config{Heartbeat: time.Second, Expired: 5 * time.Second, Window: 4_000_000, Name: s.name, SASL: c, Host: s})
}

func (s *stage) say(format string, args ...any) { fmt.Fprintf(&s.said, format+"\n", args...) }

func (s *stage) Opened() { s.say("opened") }

func (s *stage) Failed() { s.say("not reached") }

func (s *stage) Subscriptions() []Subscription { return s.subs }

func (s *stage) GiveUp() { s.say("give up") }

func (s *stage) Left(path string) { s.say("left %s", path) }

func (s *stage) List(sub Subscription, without []string) {
	s.say("%s", strings.TrimSpace(fmt.Sprintf("list %s%s", sub.Path, strings.Join(append([]string{""}, without...), " without="))))
}

func (s *stage) Take(c Chunk) {
	what := map[bool]string{true: " end"}[c.End]
	s.say("take %d %s offset=%d octets=%d credit=%d%s", c.Sequence, c.Filename, c.Offset, len(c.Content), c.Credit, what)
}

// input does what a line says.
func (s *stage) input(words []string) {
	rest, now := words[1:], s.now
	switch words[0] {
	case "login":
		s.dial(rest[0])
	case "begin":
		s.do(s.core.Begin(now))
	case "up", "down", "failed":
		s.do(s.core.Engine().Event(now, machine.Event(words[0])))
	case "recv":
		s.do(s.core.Engine().Message(now, s.message(rest)))
	case "subscribe":
		text := strings.Join(rest[1:], " ")
		sub := Subscription{Path: rest[0], Resync: text != "", Mirror: text == "mirror"}
		s.told++
		sub.Number = s.told
		s.subs = append(s.subs, sub)
		for i := range s.subs[:len(s.subs)-1] {
			if s.subs[i].Path == sub.Path {
				s.subs = append(s.subs[:i], s.subs[i+1:]...)
				break
			}
		}
		s.do(s.core.NewPath(now))
	case "unsubscribe":
		s.subs = slices.DeleteFunc(slices.Clone(s.subs), func(sub Subscription) bool { return sub.Path == rest[0] })
		s.do(s.core.NewPath(now))
	case "name":
		s.name = rest[0]
		s.dial("")
	case "again":
		s.do(s.core.Again(now, rest[0], rest[1]))
	case "listed":
		var l Listing
		for _, entry := range rest {
			l.Resume = append(l.Resume, strings.ReplaceAll(entry, ",", " ")+"\x00"...)
			l.Cache = append(l.Cache, wire.Pair{Key: []byte(entry[strings.LastIndexByte(entry, ',')+1:]), Value: []byte("D16E57")})
		}
		s.do(s.core.Listed(now, l))
	case "stored":
		var st Stored
		for key, value := range pairs(rest) {
			switch key {
			case "credit":
				st.Credit = int64(s.number(value))
			case "sequence":
				st.Sequence = s.number(value)
			case "receipt":
				st.Receipts = append(st.Receipts, s.number(value))
			}
		}
		s.do(s.core.Stored(now, st))
	case "pass":
		d, err := time.ParseDuration(rest[0])
		if err != nil {
			s.t.Fatal(err)
		}
		s.pass(d)
	case "leave":
		s.do(s.core.Leave(now))
	default:
		s.t.Fatalf("what is %q?", words)
	}
}

// pass lets time pass, timer by timer.
func (s *stage) pass(d time.Duration) {
	end := s.now.Add(d)
	for {
		at, ok := s.core.Engine().Deadline()
		if !ok || at.After(end) {
			break
		}
		s.now = at
		before := s.said.Len()
		s.do(s.core.Engine().Tick(at))
		if s.said.Len() > before {
			text := s.said.String()[before:]
			s.said.Truncate(before)
			s.say("after %v: %s", at.Sub(end.Add(-d)), strings.TrimSuffix(text, "\n"))
		}
	}
	s.now = end
}

// do prints effects.
func (s *stage) do(effects []machine.Effect) {
	for _, e := range effects {
		switch e.Type {
		case machine.Send:
			var m fmq.Message
			if err := m.Parse(e.Frames); err != nil {
				s.t.Fatalf("we send what is no message: %v", err)
			}
			s.say("send %s", text(m))
		case machine.Ended:
			opened, err := s.core.End()
			s.say("ended (opened=%v): %v", opened, err)
		case machine.Fault:
			s.t.Fatal(e.Err)
		}
	}
}
