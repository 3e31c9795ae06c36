package server

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
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
		Receipt: func(r Receipt) {
			s.say("receipt of %q: %s size=%d digest=%x held=%v", r.Client, r.Path, r.Size, r.Digest[:2], r.Held)
		},
		Later: func(input func(time.Time) []machine.Effect) { s.later = append(s.later, input) },
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
	case "mount": // NAME PATH [groups=a,b] [hidden] [FILE:SIZE…]
		src := &source{name: rest[0]}
		s.sources[rest[0]] = src
		o := Offer{As: rest[1]}
		files := rest[2:]
		if len(files) > 0 && strings.HasPrefix(files[0], "groups=") {
			o.Groups = strings.Split(files[0][7:], ",")
			files = files[1:]
		}
		if len(files) > 0 && files[0] == "hidden" {
			o.Hidden = true
			files = files[1:]
		}
		s.effects(s.core.Mount(s.now, src, o, s.patches(files)))
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
