package dechat

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

const forEver = time.Hour

func TestLinesAreShoutedOnceSomebodyListens(t *testing.T) {
	s := start(t, Options{Wait: forEver})
	s.types("early", "  ", "//slash", "late")
	<-s.node.asked
	s.node.come("bob", id("B0B"), "OTHER")
	s.node.come("carol", id("CA"), "CHAT")
	s.told("shout CHAT early")
	s.told("shout CHAT /slash")
	s.told("shout CHAT late")
	_ = s.in.Close()
	if err := s.ended(); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyListens(t *testing.T) {
	s := start(t, Options{Wait: time.Millisecond})
	s.types("one", "two")
	s.told("shout CHAT one")
	s.told("shout CHAT two")
	_ = s.in.Close()
	if err := s.ended(); err == nil || err.Error() != "2 lines of stdin were not done" {
		t.Fatal(err)
	}
	s.prints(s.err, "* you are me ("+id("FFFF").String()+") on UDP port 0")
	s.prints(s.err, "dechat: nobody else is in CHAT: lines go unheard until somebody is")
}

func TestTimeIsOver(t *testing.T) {
	s := start(t, Options{For: 50 * time.Millisecond})
	_ = s.in.Close()
	if err := s.ended(); err != nil {
		t.Fatal(err)
	}
	s = start(t, Options{For: 50 * time.Millisecond})
	s.types("hello?")
	if err := s.ended(); err == nil || !strings.Contains(err.Error(), `nobody came to hear "hello?"`) {
		t.Fatal(err)
	}
}

func TestSignal(t *testing.T) {
	s := start(t, Options{Wait: forEver})
	s.types("waits")
	s.stop()
	if err := s.ended(); err != nil {
		t.Fatal(err)
	}
}

func TestWhisper(t *testing.T) {
	s := start(t, Options{Wait: forEver})
	s.types("/whisper bob hello  bob", `/w "Bob Smith" hi`, "/msg Bob Smith hi", "/whisper c4 x", "/whisper bob", "/quit")
	s.node.come("Bob Smith", id("B5"))
	s.node.come("carol", id("C4"))
	s.node.come("bob", id("B0"))
	s.told("whisper " + id("B0").String() + " hello  bob")
	s.told("whisper " + id("B5").String() + " hi")
	s.told("whisper " + id("B5").String() + " hi")
	s.told("whisper " + id("C4").String() + " x")
	if err := s.ended(); err == nil || err.Error() != "1 line of stdin was not done" {
		t.Fatal(err)
	}
}

func TestWhisperWaits(t *testing.T) {
	s := start(t, Options{Wait: forEver})
	s.types("/whisper bob hi", "/quit")
	<-s.node.asked
	s.node.come("bob", id("B0"))
	s.told("whisper " + id("B0").String() + " hi")
	if err := s.ended(); err != nil {
		t.Fatal(err)
	}
}

func TestGroups(t *testing.T) {
	s := start(t, Options{})
	s.node.come("bob", id("B0"), "CHAT", "MUSIC")
	s.types("/leave NONE", "/join MUSIC", "/groups", "one", "/leave", "two", "/leave", "three", "/groups", "/quit")
	s.told("join MUSIC")
	s.prints(s.out, "CHAT: 2, you are in it")
	s.prints(s.out, "MUSIC: 2, you talk here")
	s.told("shout MUSIC one")
	s.told("leave MUSIC")
	s.told("shout CHAT two")
	s.told("leave CHAT")
	s.prints(s.out, "CHAT: 1")
	s.prints(s.out, "MUSIC: 1")
	if err := s.ended(); err == nil || err.Error() != "2 lines of stdin were not done" {
		t.Fatal(err)
	}
}

func TestPeers(t *testing.T) {
	s := start(t, Options{})
	s.types("/peers")
	s.prints(s.out, "nobody else is here")
	s.node.come("zoe", id("B0"), "CHAT", "MUSIC")
	s.node.come("b\x1bb", id("C0"))
	s.types("/peers", "/quit")
	s.prints(s.out, `b\x1bb  `+id("C0").String()+"  tcp://127.0.0.1:50000  ")
	s.prints(s.out, `zoe     `+id("B0").String()+"  tcp://127.0.0.1:50000  CHAT,MUSIC")
	if err := s.ended(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatOthersSay(t *testing.T) {
	s := start(t, Options{})
	bob := id("B0B")
	say := func(e zyre.Event, msg ...string) {
		e.Peer, e.Name = bob, "bob"
		for _, frame := range msg {
			e.Msg = append(e.Msg, []byte(frame))
		}
		s.node.events <- e
	}
	s.prints(s.err, "* you are me ("+id("FFFF").String()+") on UDP port 0")
	s.node.come("bob", bob, "CHAT")
	s.prints(s.err, "* bob entered ("+bob.String()+" at tcp://127.0.0.1:50000)")
	s.prints(s.err, "* bob joined CHAT")
	say(zyre.Event{Type: zyre.Shout, Group: "CHAT"}, "hello")
	s.prints(s.out, "bob: hello")
	say(zyre.Event{Type: zyre.Shout, Group: "MU\aSIC"}, "la", "la")
	s.prints(s.out, `bob [MU\x07SIC]: la | la`)
	say(zyre.Event{Type: zyre.Whisper}, "psst\r\nroot: \x1b[31mme")
	s.prints(s.out, `bob (whisper): psst\r\nroot: \x1b[31mme`)
	say(zyre.Event{Type: zyre.Whisper})
	s.prints(s.out, "bob (whisper): ")
	say(zyre.Event{Type: zyre.Evasive})
	s.prints(s.err, "* bob is evasive")
	s.node.come("bob", id("ABCDEF0"))
	s.prints(s.err, "* bob#ABCDEF entered ("+id("ABCDEF0").String()+" at tcp://127.0.0.1:50000)")
	s.prints(s.err, "* 2 here are called bob: to whisper, use /whisper bob#ABCDEF TEXT")
	say(zyre.Event{Type: zyre.Shout, Group: "CHAT"}, "which?")
	s.prints(s.out, "bob#B0B000: which?")
	say(zyre.Event{Type: zyre.Leave, Group: "CHAT"})
	s.prints(s.err, "* bob#B0B000 left CHAT")
	say(zyre.Event{Type: zyre.Exit, Cause: zyre.ErrGoodbye})
	s.prints(s.err, "* bob#B0B000 left ("+zyre.ErrGoodbye.Error()+")")
	s.node.events <- zyre.Event{Type: zyre.Shout, Peer: id("ABCDEF0"), Name: "bob", Group: "CHAT", Msg: [][]byte{[]byte("alone")}}
	s.prints(s.out, "bob: alone")
}

func TestJSONKeepsStdoutClean(t *testing.T) {
	s := start(t, Options{JSON: true, Wait: forEver})
	s.prints(s.err, "* you are me ("+id("FFFF").String()+") on UDP port 0")
	s.types("/help", "/peers", "/nonsense", "/quit")
	for _, u := range usages {
		line := <-s.err.lines
		if !strings.HasPrefix(line, u.syntax) {
			t.Fatalf("help: %q", line)
		}
	}
	s.prints(s.err, "//TEXT              say /TEXT")
	s.prints(s.err, "nobody else is here")
	s.prints(s.err, "dechat: there is no command /nonsense: /help lists them, //nonsense says it")
	if err := s.ended(); err == nil {
		t.Fatal("the unknown command was forgotten")
	}
	s.prints(s.out, `{"type":"STOP","time":"0001-01-01T00:00:00.000000000Z"}`)
	select {
	case line := <-s.out.lines:
		t.Fatalf("stdout: %q", line)
	default:
	}
}

func TestStdoutFails(t *testing.T) {
	s := start(t, Options{})
	_ = s.out.w.CloseWithError(errBroken)
	s.out.w.CloseWithError(errBroken)
	s.types("/peers")
	if err := s.ended(); err == nil || !strings.Contains(err.Error(), "stdout") {
		t.Fatal(err)
	}
}

func TestNodeEndsByItself(t *testing.T) {
	s := start(t, Options{})
	s.node.err = errBroken
	_ = s.node.Close()
	if err := s.ended(); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{
		{Group: ""},
		{Group: strings.Repeat("x", 256)},
		{Group: "a\x00b"},
		{Group: "g", For: -1},
		{Group: "g", Wait: -1},
	} {
		if err := o.check(); !errors.Is(err, cli.ErrUsage) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if err := (Options{Group: strings.Repeat("x", 255)}).check(); err != nil {
		t.Error(err)
	}
}
