package interop

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// TestDechat has two people talk, each with a dechat of their own: what one
// types, the other reads.
func TestDechat(t *testing.T) {
	program := filepath.Join(t.TempDir(), "dechat")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-tags", "libzmq", "-o", program, "../cmd/dechat").CombinedOutput(); err != nil {
		t.Fatalf("building dechat: %v: %s", err, out)
	}
	eachPlace(t, func(t *testing.T, a, b site) {
		at := func(s site, name string) *peer {
			return start(t, name, s.command(context.Background(), program,
				"--json", "--transport", transport.String(), "--name", name, "--port", fmt.Sprint(s.port), "--interface", s.iface))
		}
		alice := at(a, "alice żółw")
		bob := at(b, "bob")
		bobsID := alice.expect(event{Type: "ENTER", Name: "bob"}).Peer
		alicesID := bob.expect(event{Type: "ENTER", Name: "alice żółw"}).Peer
		group := alice.expect(event{Type: "JOIN", Peer: bobsID}).Group
		bob.expect(event{Type: "JOIN", Peer: alicesID, Group: group})

		for i := range 3 {
			line := fmt.Sprintf("line %d, żółw", i)
			alice.do(line)
			bob.expect(event{Type: "SHOUT", Peer: alicesID, Name: "alice żółw", Group: group, Msg: []string{line}})
			bob.do(line + " too")
			alice.expect(event{Type: "SHOUT", Peer: bobsID, Name: "bob", Group: group, Msg: []string{line + " too"}})
		}
		alice.do("/whisper bob a secret")
		bob.expect(event{Type: "WHISPER", Peer: alicesID, Msg: []string{"a secret"}})
		bob.do("/whisper " + alicesID + " and an answer")
		alice.expect(event{Type: "WHISPER", Peer: bobsID, Msg: []string{"and an answer"}})

		alice.do("/join elsewhere")
		bob.expect(event{Type: "JOIN", Peer: alicesID, Group: "elsewhere"})
		alice.do("/leave elsewhere")
		bob.expect(event{Type: "LEAVE", Peer: alicesID, Group: "elsewhere"})
		alice.do("/quit")
		bob.expect(event{Type: "EXIT", Peer: alicesID, Name: "alice żółw"})
		alice.gone()
		if !alice.cmd.ProcessState.Success() {
			t.Errorf("alice ended with %v", alice.cmd.ProcessState)
		}
	})
}
