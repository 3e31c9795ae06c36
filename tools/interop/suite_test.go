package interop

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// headers have a value of 300 octets, which is more than a string of ZRE holds.
var headers = map[string]string{"X-LONG": strings.Repeat("日", 100), "X-EMPTY": "", "X-Ключ": "a=b żółw"}

// TestZyreJS is every command of ZRE/2, both ways, with zyre.js. It dies on
// messages of no frames and ignores all but the first of several.
func TestZyreJS(t *testing.T) {
	eachPlace(t, func(t *testing.T, a, b site) {
		everything(t, a, b, zyreJS, [][]string{{"one frame, żółw"}, {"another"}})
	})
}

// TestRaw is the same with the strict peer, which takes any number of frames.
func TestRaw(t *testing.T) {
	eachPlace(t, func(t *testing.T, a, b site) {
		everything(t, a, b, raw, [][]string{{}, {"one"}, {"one", "", "three, żółw"}, {""}, {strings.Repeat("x", 100_000)}})
	})
}

// TestSpecification is the same with a peer that was written from rfcs/zre alone: what the specification leaves out, it does not know.
func TestSpecification(t *testing.T) {
	eachPlace(t, func(t *testing.T, a, b site) {
		everything(t, a, b, specified, [][]string{{}, {"one"}, {"one", "", "three, żółw"}, {""}, {strings.Repeat("x", 100_000)}})
	})
}

// everything is the life of two nodes, ours at a and theirs at b.
func everything(t *testing.T, a, b site, theirKind foreign, messages [][]string) {
	// A HELLO that carries a group, ours.
	ours := a.ours(t, oursConfig{Name: "ours żółw", Headers: headers})
	ours.do("join", "EARLY")
	ours.expect(event{Type: "DONE"})
	theirs := theirKind(t, b, "theirs żółw", headers)

	enter := theirs.expect(event{Type: "ENTER", Peer: ours.ID, Name: "ours żółw", Headers: headers})
	if len(enter.Headers) != len(headers) || enter.Status != 1 || !strings.HasPrefix(enter.Addr, "tcp://"+a.addr+":") {
		t.Errorf("we look like %v", enter)
	}
	theirs.expect(event{Type: "JOIN", Peer: ours.ID, Group: "EARLY"})
	enter = ours.expect(event{Type: "ENTER", Peer: theirs.ID, Name: "theirs żółw", Headers: headers})
	if len(enter.Headers) != len(headers) || !strings.HasPrefix(enter.Addr, "tcp://"+b.addr+":") {
		t.Errorf("they look like %v", enter)
	}

	if err := joinAndLeave(ours, theirs, 1); err != nil {
		t.Fatal(err)
	}
	talk(t, ours, theirs, messages)

	// We go and come again: a HELLO that carries a group, theirs.
	ours.quit()
	theirs.expect(event{Type: "EXIT", Peer: ours.ID, Name: "ours żółw"})
	again := a.ours(t, oursConfig{Name: "again"})
	again.expect(event{Type: "ENTER", Peer: theirs.ID, Name: "theirs żółw"})
	again.expect(event{Type: "JOIN", Peer: theirs.ID, Group: "CHAT"})
	theirs.expect(event{Type: "ENTER", Peer: again.ID, Name: "again"})

	// They go.
	theirs.quit()
	again.expect(event{Type: "EXIT", Peer: theirs.ID, Name: "theirs żółw"})
	again.never(event{Type: "ENTER"})
	again.quit()
}

// joinAndLeave lets both join two groups and leave one, and checks what each
// hears of the other: the group, and from the foreign peer our status, which
// counts each change from where it was at HELLO.
func joinAndLeave(ours, theirs *peer, status int) error {
	for _, step := range []struct{ command, group, told string }{
		{"join", "CHAT", "JOIN"},
		{"join", "gone żółw", "JOIN"},
		{"leave", "gone żółw", "LEAVE"},
	} {
		ours.do(step.command, step.group)
		if _, err := ours.await(event{Type: "DONE", Text: step.command}); err != nil {
			return err
		}
		status++
		heard, err := theirs.await(event{Type: step.told, Peer: ours.ID, Group: step.group})
		if err != nil {
			return err
		}
		if heard.Status != status {
			return fmt.Errorf("they hear %v, with another status than %d", heard, status)
		}
		theirs.do(step.command, step.group)
		if _, err := ours.await(event{Type: step.told, Peer: theirs.ID, Group: step.group}); err != nil {
			return err
		}
	}
	return nil
}

// talk has both whisper and shout each message. Both are in CHAT; only we are
// in EARLY.
func talk(t *testing.T, ours, theirs *peer, messages [][]string) {
	t.Helper()
	for _, frames := range messages {
		ours.do(slices.Concat([]string{"whisper", theirs.ID}, frames)...)
		theirs.expect(event{Type: "WHISPER", Peer: ours.ID, Msg: frames})
		theirs.do(slices.Concat([]string{"whisper", ours.ID}, frames)...)
		ours.expect(event{Type: "WHISPER", Peer: theirs.ID, Msg: frames})

		ours.do(slices.Concat([]string{"shout", "CHAT"}, frames)...)
		theirs.expect(event{Type: "SHOUT", Peer: ours.ID, Group: "CHAT", Msg: frames})
		theirs.do(slices.Concat([]string{"shout", "CHAT"}, frames)...)
		ours.expect(event{Type: "SHOUT", Peer: theirs.ID, Group: "CHAT", Msg: frames})
		theirs.do(slices.Concat([]string{"shout", "EARLY"}, frames)...)
		ours.expect(event{Type: "SHOUT", Peer: theirs.ID, Group: "EARLY", Msg: frames})
	}
	ours.never(event{Type: "SHOUT", Peer: ours.ID})
}

// TestStatusOffByOne shows that the suite sees a node of ours whose JOIN has a
// wrong status.
func TestStatusOffByOne(t *testing.T) {
	for name, kind := range map[string]foreign{"zyre.js": zyreJS, "raw": raw} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := loopback(t)
			ours := a.ours(t, oursConfig{Name: "wrong", OffByOne: true})
			theirs := kind(t, b, "theirs", nil)
			theirs.expect(event{Type: "ENTER", Peer: ours.ID})
			ours.expect(event{Type: "ENTER", Peer: theirs.ID})
			err := joinAndLeave(ours, theirs, 0)
			if err == nil || !strings.Contains(err.Error(), "status") {
				t.Errorf("nobody noticed: %v", err)
			}
			t.Log(err)
		})
	}
}
