package interop

import (
	"strings"
	"testing"
	"time"
)

// met starts one of ours and the strict peer on loopback, and waits until they
// know each other.
func met(t *testing.T, c oursConfig) (ours, theirs *peer) {
	t.Helper()
	t.Parallel()
	a, b := loopback(t)
	c.Name = "ours"
	ours = a.ours(t, c)
	theirs = raw(t, b, "theirs", nil)
	meet(ours, theirs)
	return ours, theirs
}

func meet(ours, theirs *peer) {
	ours.t.Helper()
	ours.expect(event{Type: "ENTER", Peer: theirs.ID})
	theirs.expect(event{Type: "ENTER", Peer: ours.ID})
}

// echo sees that messages pass both ways now.
func echo(ours, theirs *peer, text string) {
	ours.t.Helper()
	theirs.do("whisper", ours.ID, text)
	ours.expect(event{Type: "WHISPER", Peer: theirs.ID, Msg: []string{text}})
	ours.do("whisper", theirs.ID, text)
	theirs.expect(event{Type: "WHISPER", Peer: ours.ID, Msg: []string{text}})
}

// anew sees that we told an end and a new beginning of theirs, with a new HELLO.
func anew(ours, theirs *peer) (cause string) {
	ours.t.Helper()
	cause = ours.expect(event{Type: "EXIT", Peer: theirs.ID}).Cause
	theirs.expect(event{Type: "EXIT", Peer: ours.ID})
	meet(ours, theirs)
	echo(ours, theirs, "a new life")
	ours.never(event{Type: "EXIT"})
	ours.never(event{Type: "ENTER"})
	return cause
}

// A peer whose status is not what we counted has lost something on its way.
func TestWrongStatus(t *testing.T) {
	ours, theirs := met(t, oursConfig{})
	theirs.do("status", "7")
	theirs.do("join", "CHAT")
	t.Log(anew(ours, theirs))
	ours.never(event{Type: "STOP"})
}

func TestGap(t *testing.T) {
	ours, theirs := met(t, oursConfig{})
	echo(ours, theirs, "before")
	theirs.do("skip", ours.ID, "1")
	theirs.do("whisper", ours.ID, "after a gap")
	t.Log(anew(ours, theirs))
	ours.never(event{Type: "WHISPER", Msg: []string{"after a gap"}})
}

func TestSecondHello(t *testing.T) {
	ours, theirs := met(t, oursConfig{})
	theirs.do("hello", ours.ID)
	t.Log(anew(ours, theirs))
}

// Sequence numbers go from 65535 to 0, both ways.
func TestWrap(t *testing.T) {
	if testing.Short() {
		t.Skip("130,000 messages")
	}
	ours, theirs := met(t, oursConfig{})
	theirs.do("flood", ours.ID, "65600")
	ours.expect(event{Type: "WHISPER", Msg: []string{"65600"}})
	ours.do("flood", theirs.ID, "65600")
	theirs.expect(event{Type: "WHISPER", Msg: []string{"65600"}})
	echo(ours, theirs, "after all")
	ours.never(event{Type: "EXIT"})
}

func TestPing(t *testing.T) {
	ours, theirs := met(t, oursConfig{})
	theirs.do("ping", ours.ID)
	theirs.expect(event{Type: "PING-OK", Peer: ours.ID})
	ours.do("ping", theirs.ID)
	theirs.expect(event{Type: "PING", Peer: ours.ID})
	ours.expect(event{Type: "DONE", Text: "ping"})
}

// A peer that is quiet is pinged, called evasive, then silent, then gone; and
// it comes back when it is heard again.
func TestQuiet(t *testing.T) {
	ours, theirs := met(t, oursConfig{Evasive: 1500 * time.Millisecond, Expired: 4 * time.Second})
	theirs.do("mute")
	ours.expect(event{Type: "EVASIVE", Peer: theirs.ID})
	theirs.expect(event{Type: "PING", Peer: ours.ID})
	ours.expect(event{Type: "SILENT", Peer: theirs.ID})
	ours.expect(event{Type: "EXIT", Peer: theirs.ID})
	theirs.do("unmute")
	theirs.expect(event{Type: "EXIT", Peer: ours.ID}) // by our new HELLO
	meet(ours, theirs)
	echo(ours, theirs, "back")
}

// Anyone can send a beacon that says goodbye in another's name. Who is still
// there stays.
func TestSpoofedGoodbye(t *testing.T) {
	ours, theirs := met(t, oursConfig{})
	theirs.do("beacon", theirs.ID, "0")
	theirs.expect(event{Type: "PING", Peer: ours.ID})
	echo(ours, theirs, "still here")
	// A second one is met by the same question: the first has been dealt with.
	theirs.do("beacon", theirs.ID, "0")
	theirs.expect(event{Type: "PING", Peer: ours.ID})
	echo(ours, theirs, "and still")
	ours.never(event{Type: "EXIT"})
}

// Nothing that a peer says ends us, nor itself by mistake.
func TestNonsense(t *testing.T) {
	ours, theirs := met(t, oursConfig{})
	for _, words := range [][]string{
		{"send", ours.ID, "99", ""},        // a command of the future
		{"send", ours.ID, "8", "01410142"}, // ELECT
		{"send", ours.ID, "9", "01410142"}, // LEADER
		{"raw", ours.ID, ""},
		{"raw", ours.ID, "aaa1"},
		{"raw", ours.ID, "aaa30646494c454d51"},
		{"raw", ours.ID, "aaa1010200010574"},                   // a HELLO that ends early
		{"raw", ours.ID, "aaa10102000101740000ffff"},           // and one with a count
		{"raw", ours.ID, "aaa101020001" + "0174" + "ffffffff"}, // of four thousand million
		{"send", ours.ID, "9", strings.Repeat("00", 100_000)},  // a LEADER that goes on and on
		{"raw", ours.ID, "aaa1020300ff"},                       // version 3
		{"raw", ours.ID, "", "", "", ""},
	} {
		theirs.do(words...)
	}
	echo(ours, theirs, "all well")
	ours.never(event{Type: "EXIT"})
	ours.never(event{Type: "STOP"})
}

// GOODBYE by message, as C peers say it under gossip.
func TestGoodbyeMessage(t *testing.T) {
	ours, theirs := met(t, oursConfig{})
	theirs.do("mute")
	theirs.do("send", ours.ID, "10", "")
	ours.expect(event{Type: "EXIT", Peer: theirs.ID})
}
