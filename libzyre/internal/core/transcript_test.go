package core

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/codecs/zsock"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// TestTranscripts replays testdata/*.txt: a line that is an input, "----", and
// all that followed. A transcript's comments say what it shows.
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
	s := newStage(t)
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
			s.input(line)
			fmt.Fprintf(&out, "%s\n----\n%s", line, s.said.String())
		}
	}
	return out.String()
}

// stage is a core with everything around it played.
type stage struct {
	t      *testing.T
	core   *Core
	now    time.Time
	said   bytes.Buffer
	full   map[ID]bool
	cut    map[ID]time.Time // whose host acknowledges nothing since then
	knows  map[ID]bool      // the transport knows what is acknowledged: it tells of connections, too
	moved  bool             // we have another address on each network
	broken bool
}

var birth = time.Unix(0, 0).UTC()

func newStage(t *testing.T) *stage {
	s := &stage{t: t, now: birth, full: make(map[ID]bool), cut: make(map[ID]time.Time), knows: make(map[ID]bool)}
	s.build()
	return s
}

// build makes the core, with static peers where there are some.
func (s *stage) build(static ...string) {
	s.core = New(Config{
		ID:          named("me"),
		Name:        "me",
		Headers:     map[string]string{"X-ME": "1"},
		Port:        50000,
		Interval:    time.Second,
		Evasive:     5 * time.Second,
		Expired:     30 * time.Second,
		SendTimeout: 5 * time.Second,
		Peers:       static,
		LocalAddr: func(remote netip.Addr) netip.Addr {
			local := route(remote)
			if s.moved {
				a := local.As4()
				a[3] = 200
				local = netip.AddrFrom4(a)
			}
			return local
		},
	}, s)
}

// route: this host is .1 on each network.
func route(remote netip.Addr) netip.Addr {
	if remote.IsLoopback() || !remote.Is4() {
		return netip.MustParseAddr("127.0.0.1")
	}
	a := remote.As4()
	a[3] = 1
	return netip.AddrFrom4(a)
}

// named makes an ID that can be read.
func named(name string) (id ID) {
	for i := range id {
		id[i] = name[i%len(name)]
	}
	return id
}

func nameOf(id ID) string {
	for number := range 2 {
		if newStatic(named("me"), number, "").key == id {
			return fmt.Sprintf("static%d", number)
		}
	}
	if id == named("me") {
		return "me"
	}
	return string(id[:1])
}

func (s *stage) say(format string, args ...any) { fmt.Fprintf(&s.said, format+"\n", args...) }

func (s *stage) Connect(peer ID, endpoint string) error {
	s.say("connect %s %s", nameOf(peer), endpoint)
	delete(s.full, peer)
	if s.broken {
		return errors.New("no more sockets")
	}
	return nil
}

func (s *stage) ConnectAny(peer ID, endpoint string) error { return s.Connect(peer, endpoint) }

func (s *stage) Redial(peer ID, endpoint string) error {
	s.say("redial %s %s", nameOf(peer), endpoint)
	return nil
}

func (s *stage) Rename(old, new ID) error {
	s.say("rename %s %s", nameOf(old), nameOf(new))
	return nil
}

func (s *stage) Unacknowledged(peer ID) time.Duration {
	if since, cut := s.cut[peer]; cut {
		return s.now.Sub(since)
	}
	if s.knows[peer] {
		return 0
	}
	return -1
}

func (s *stage) Disconnect(peer ID) { s.say("disconnect %s", nameOf(peer)) }

func (s *stage) Send(peer ID, frames [][]byte) error {
	var m zre.Message
	if err := m.Parse(frames); err != nil {
		s.t.Errorf("sent what cannot be read: %v", err)
	}
	if s.full[peer] {
		s.say("full %s %v", nameOf(peer), m.ID)
		return zsock.ErrFull
	}
	s.say("send %s %s", nameOf(peer), describe(&m))
	return nil
}

func describe(m *zre.Message) string {
	text := fmt.Sprintf("%v seq=%d", m.ID, m.Sequence)
	switch m.ID {
	case zre.IDHello:
		text += fmt.Sprintf(" endpoint=%s groups=%s status=%d name=%s", m.Endpoint, bytes.Join(m.Groups, []byte(",")), m.Status, m.Name)
		for _, h := range m.Headers {
			text += fmt.Sprintf(" %s=%s", h.Key, h.Value)
		}
	case zre.IDJoin, zre.IDLeave:
		text += fmt.Sprintf(" group=%s status=%d", m.Group, m.Status)
	case zre.IDShout:
		text += fmt.Sprintf(" group=%s content=%s", m.Group, bytes.Join(m.Content, []byte(",")))
	case zre.IDWhisper:
		text += fmt.Sprintf(" content=%s", bytes.Join(m.Content, []byte(",")))
	}
	return text
}

func (s *stage) call(name string) *Call {
	return &Call{Done: func(err error) { s.say("done %s: %v", name, err) }}
}

// input plays one line of a transcript and writes down the events that follow.
func (s *stage) input(line string) {
	words := strings.Fields(line)
	command, args := words[0], append(words[1:], "", "", "")
	c, id := s.core, named(args[0]+" ")
	if len(args[0]) == 1 {
		id = named(args[0])
	} else if args[0] == "me" {
		id = named("me")
	} else if number, ok := strings.CutPrefix(args[0], "static"); ok && number != "" {
		n, _ := strconv.Atoi(number)
		id = newStatic(named("me"), n, "").key
	}
	switch command {
	case "beacon": // PEER ADDRESS PORT
		port, _ := strconv.Atoi(args[2])
		c.Beacon(s.now, netip.MustParseAddr(args[1]), AppendBeacon(nil, id, uint16(port)))
	case "datagram": // HEX
		data, err := hex.DecodeString(args[0])
		if err != nil {
			s.t.Fatal(err)
		}
		c.Beacon(s.now, netip.MustParseAddr("10.0.0.66"), data)
	case "recv": // PEER COMMAND key=value…
		s.receive(id, args[1], words[3:])
	case "frames": // PEER HEX…
		var frames [][]byte
		for _, word := range words[2:] {
			frame, err := hex.DecodeString(word)
			if err != nil {
				s.t.Fatal(err)
			}
			frames = append(frames, frame)
		}
		c.Message(s.now, id, netip.Addr{}, frames)
	case "pass": // DURATION: with all ticks that are due
		s.pass(args[0])
	case "stall": // DURATION: without them
		d, _ := time.ParseDuration(args[0])
		s.now = s.now.Add(d)
		c.Tick(s.now)
	case "oversleep": // DURATION: the next inputs come before the tick that is due
		d, _ := time.ParseDuration(args[0])
		s.now = s.now.Add(d)
	case "join":
		c.Join(s.now, args[0], s.call("join"))
	case "leave":
		c.Leave(s.now, args[0], s.call("leave"))
	case "whisper":
		c.Whisper(s.now, id, content(args[1]), s.call("whisper"))
	case "shout":
		c.Shout(s.now, args[0], content(args[1]), s.call("shout"))
	case "ping":
		c.Ping(s.now, id, func(d time.Duration, err error) { s.say("done ping: %v %v", d, err) })
	case "hear": // PEER FIRST LAST: whispers of those sequences, not written down
		first, _ := strconv.Atoi(args[1])
		last, _ := strconv.Atoi(args[2])
		for i := first; i <= last; i++ {
			s.receive(id, "WHISPER", []string{"seq=" + strconv.Itoa(i)})
		}
		s.say("%d events", len(c.Events(nil)))
	case "say": // PEER COUNT: whispers, not written down
		count, _ := strconv.Atoi(args[1])
		for range count {
			c.Whisper(s.now, id, nil, s.call("whisper"))
		}
		s.said.Reset()
	case "full":
		s.full[id] = true
	case "writable":
		delete(s.full, id)
		c.Writable(s.now, id)
	case "down":
		c.Down(s.now, id)
	case "arrived": // PEER [ADDRESS]
		addr, _ := netip.ParseAddr(args[1])
		c.Arrived(s.now, id, addr)
	case "departed":
		c.Departed(s.now, id)
	case "up": // PEER [IDENTITY|-] [ADDRESS]
		var identity ID
		if args[1] != "" && args[1] != "-" {
			identity = named(args[1])
		}
		addr, _ := netip.ParseAddr(args[2])
		s.knows[id] = true
		c.Up(s.now, id, identity, addr)
	case "cut": // PEER: its host acknowledges nothing from now on
		s.cut[id] = s.now
	case "mended":
		delete(s.cut, id)
	case "moved": // to our other address
		s.moved = !s.moved
		c.Moved(s.now)
	case "looked": // and our addresses are what they were
		c.Moved(s.now)
	case "anyendpoint":
		c.cfg.AnyEndpoint = true
	case "static": // ENDPOINT…: the node is another one, with static peers
		s.build(words[1:]...)
		c = s.core
		c.Start(s.now)
	case "stranger":
		c.Stranger(s.now, id)
	case "failed":
		c.Failed(s.now, id, false)
	case "refused":
		c.Failed(s.now, id, true)
	case "suspend":
		c.Suspend(s.now)
	case "resume":
		c.Resume(s.now)
	case "sockets": // none | enough
		s.broken = args[0] == "none"
	case "stop":
		c.Stop(s.now, nil)
	case "peers":
		for _, p := range c.Peers() {
			s.say("%s %s %s groups=%s waiting=%d", nameOf(p.ID), p.Name, p.Addr, strings.Join(p.Groups, ","), p.Queued)
		}
	case "stats":
		s.say("%s", counted(c.Stats()))
	default:
		s.t.Fatalf("no such input: %s", line)
	}
	s.events()
}

// counted writes the counters that are not zero.
func counted(stats Stats) string {
	var words []string
	v := reflect.ValueOf(stats)
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			words = append(words, fmt.Sprintf("%s:%v", v.Type().Field(i).Name, v.Field(i)))
		}
	}
	return strings.Join(words, " ")
}

func content(text string) [][]byte {
	if text == "" {
		return nil
	}
	return bytes.Split([]byte(text), []byte(","))
}

func (s *stage) events() {
	for _, e := range s.core.Events(nil) {
		text := fmt.Sprintf("event %v %s %s", e.Type, nameOf(e.Peer), e.Name)
		switch e.Type {
		case Enter:
			text += " " + e.Addr
			keys := make([]string, 0, len(e.Headers))
			for key, value := range e.Headers {
				keys = append(keys, key+"="+value)
			}
			slices.Sort(keys)
			text += " " + strings.Join(keys, " ")
		case Join, Leave:
			text += " group=" + e.Group
		case Whisper, Shout:
			text += fmt.Sprintf(" group=%s msg=%q", e.Group, e.Msg)
		case Exit:
			text += fmt.Sprintf(" %s: %v", e.Addr, e.Cause)
		}
		s.say("%s", strings.TrimRight(text, " "))
	}
}

// pass lets time go by as the shell does: with a tick whenever one is due.
func (s *stage) pass(text string) {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	end := s.now.Add(d)
	for {
		next := s.core.Next()
		if next.IsZero() || next.After(end) {
			break
		}
		if next.After(s.now) {
			s.now = next
		}
		before := s.said.Len()
		s.core.Tick(s.now)
		s.events()
		if s.said.Len() > before {
			said := s.said.String()
			s.said.Truncate(before)
			for line := range strings.Lines(said[before:]) {
				s.said.WriteString(fmt.Sprintf("[%v] %s", s.now.Sub(birth), line))
			}
		}
	}
	s.now = end
}

// receive plays a message. Keys: seq from addr endpoint groups status name
// header group content.
func (s *stage) receive(id ID, command string, pairs []string) {
	m := zre.Message{Sequence: 1, Name: bytes.Repeat(id[:1], 3)}
	from := netip.Addr{}
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		number, _ := strconv.Atoi(value)
		switch key {
		case "seq":
			m.Sequence = uint16(number)
		case "from":
			from = netip.MustParseAddr(value)
		case "endpoint":
			m.Endpoint = []byte(value)
		case "groups":
			m.Groups = content(value)
		case "status":
			m.Status = uint8(number)
		case "name":
			m.Name = []byte(value)
		case "header":
			k, v, _ := strings.Cut(value, ":")
			m.Headers = append(m.Headers, wire.Pair{Key: []byte(k), Value: []byte(v)})
		case "group":
			m.Group = []byte(value)
		case "content":
			m.Content = content(value)
		default:
			s.t.Fatalf("no such key: %s", pair)
		}
	}
	for i := zre.IDHello; i <= zre.IDGoodbye; i++ {
		if i.String() == command {
			m.ID = i
		}
	}
	if m.ID == zre.IDElect || m.ID == zre.IDLeader {
		m.ChallengerID, m.LeaderID = []byte("1"), []byte("1")
	}
	head, err := m.Append(nil)
	if err != nil {
		s.t.Fatalf("recv %s %s: %v", nameOf(id), command, err)
	}
	s.core.Message(s.now, id, from, append([][]byte{head}, m.Content...))
}
