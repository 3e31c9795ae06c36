package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/libzyre"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var allRules = []string{
	RuleOrder, RuleStop, RuleExit, RuleCause, RuleGhost, RuleStorm, RuleView, RuleLost, RuleDoubled, RuleReordered,
	RuleStray, RuleUntold, RuleGroup, RuleMembers,
}

// Each file holds small histories and what is to be found in them. A line is a time
// in seconds and what happened; "with" starts nodes that know each other from
// 0.5 s on; Settle is 10 s, Lag 1 s, and the end is at 100 s unless it is said.
func TestHistories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	seen := make(map[string]int)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(data), "\n== ")[1:] {
			name, body, _ := strings.Cut(part, "\n")
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt")+"/"+name, func(t *testing.T) {
				script, want, ok := strings.Cut(body, "----\n")
				if !ok {
					t.Fatal("no ----")
				}
				findings := play(t, script)
				if want = strings.TrimSpace(want); want == "nothing" {
					want = ""
				}
				var got []string
				for _, f := range findings {
					seen[f.Rule]++
					got = append(got, brief(f))
				}
				if strings.Join(got, "\n") != want {
					t.Errorf("found\n%s\nnot\n%s\n\n%v", strings.Join(got, "\n"), want, findings)
				}
			})
		}
	}
	for _, rule := range allRules {
		if seen[rule] == 0 {
			t.Errorf("no history breaks the rule %q", rule)
		}
	}
}

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func seconds64(s float64) time.Time { return epoch.Add(time.Duration(s*1e6+0.5) * time.Microsecond) }

// brief is a finding as the scripts write it.
func brief(f Finding) string {
	at := strconv.FormatFloat(f.At.Sub(epoch).Seconds(), 'f', -1, 64)
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s", at, f.Rule, letter(f.Node), letter(f.Peer)))
}

func letter(id zyre.UUID) string {
	if id == (zyre.UUID{}) {
		return ""
	}
	return string(rune(id[0]))
}

// player plays a script.
type player struct {
	t        *testing.T
	c        *Checker
	payloads map[string][]byte
	groups   map[string]string // of shouts
}

func play(t *testing.T, script string) []Finding {
	p := &player{t, New(Config{}), map[string][]byte{}, map[string]string{}}
	if strings.HasPrefix(script, "lag none\n") {
		p.c = New(Config{Lag: -1})
	}
	end := 100.0
	for _, line := range strings.Split(strings.TrimSpace(script), "\n") {
		words := strings.Fields(line)
		switch words[0] {
		case "lag":
		case "start", "with":
			p.start(words[1:], words[0] == "with")
		default:
			at, err := strconv.ParseFloat(words[0], 64)
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if words[1] == "finish" {
				end = at
			} else if !p.do(seconds64(at), words[1:]) {
				t.Fatalf("what is %q?", line)
			}
		}
	}
	return p.c.Finish(seconds64(end))
}

func id(name string) zyre.UUID {
	if name == "*" {
		return zyre.UUID{}
	}
	return zyre.UUID{name[0]}
}

func (p *player) start(names []string, met bool) {
	for _, name := range names {
		if len(name) == 1 {
			p.c.Start(epoch, id(name), name)
		}
	}
	for _, a := range names {
		for _, b := range names {
			if met && a != b {
				p.c.Event(seconds64(0.5), id(a), &zyre.Event{Type: zyre.Enter, Peer: id(b)})
			}
		}
	}
}

func (p *player) do(at time.Time, words []string) bool {
	switch words[0] {
	case "start":
		p.c.Start(at, id(words[1]), words[1])
	case "kill":
		p.c.Stop(at, id(words[1]), Killed)
	case "close":
		p.c.Stop(at, id(words[1]), Goodbye)
	case "disturb":
		p.c.Disturb(at, id(words[1]), id(words[2]), words[3])
	case "calm":
		p.c.Calm(at, id(words[1]), id(words[2]))
	case "pause":
		p.c.Pause(at, id(words[1]), "paused")
	case "continue":
		p.c.Continue(at, id(words[1]))
	case "fails":
		p.c.Failed(at, p.payloads[words[1]], map[string]error{"blocked": zyre.ErrBlocked, "unknown": zyre.ErrUnknownPeer}[words[2]])
	default:
		return p.act(at, id(words[0]), words[1], words[2:])
	}
	return true
}

func (p *player) act(at time.Time, who zyre.UUID, verb string, words []string) bool {
	switch verb {
	case "joins":
		if words[0] == "70" {
			for g := range 70 {
				p.c.Join(at, who, fmt.Sprintf("g%d", g))
			}
			return true
		}
		p.c.Join(at, who, words[0])
	case "leaves":
		p.c.Leave(at, who, words[0])
	case "whispers":
		p.payloads[words[1]] = p.c.Whisper(at, who, id(words[0]))
	case "shouts":
		p.payloads[words[1]] = p.c.Shout(at, who, words[0])
		p.groups[words[1]] = words[0]
	case "tells":
		return p.tell(at, who, words[0], words[1:])
	default:
		return false
	}
	return true
}

func (p *player) tell(at time.Time, who zyre.UUID, what string, words []string) bool {
	e := &zyre.Event{}
	for e.Type.String() != what {
		if e.Type++; e.Type == 100 {
			return false
		}
	}
	if e.Type == zyre.Stop {
		p.c.Event(at, who, e)
		return true
	}
	e.Peer = id(words[0])
	switch e.Type {
	case zyre.Exit:
		e.Cause = cause(words[1])
	case zyre.Join, zyre.Leave:
		if words[1] == "of" {
			for g := range 70 {
				p.c.Event(at, who, &zyre.Event{Type: e.Type, Peer: e.Peer, Group: fmt.Sprintf("g%d", g)})
			}
			return true
		}
		e.Group = words[1]
	case zyre.Whisper, zyre.Shout:
		e.Msg = [][]byte{p.payloads[words[1]], []byte("more")}
		e.Group = p.groups[words[1]]
		if len(words) > 2 {
			e.Group = words[2]
		}
		switch words[1] {
		case "junk":
			e.Msg = [][]byte{[]byte("hello")}
		case "empty":
			e.Msg = nil
		case "forged":
			m := payload{kind: isWhisper, from: e.Peer, number: at.Add(time.Hour).UnixNano(), to: who}
			e.Msg = [][]byte{m.append(nil)}
		default:
			if p.payloads[words[1]] == nil {
				return false
			}
		}
	}
	p.c.Event(at, who, e)
	return true
}

func cause(name string) error {
	if name == "other" {
		return errors.New("something else")
	}
	i := slices.IndexFunc(causes, func(c struct {
		name string
		err  error
	}) bool {
		return c.name == name
	})
	if i < 0 {
		panic(name)
	}
	if name == "none" {
		return nil
	}
	return fmt.Errorf("it is gone: %w", causes[i].err)
}
