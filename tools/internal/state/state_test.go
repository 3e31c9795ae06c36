package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mustTake takes an identity that is nobody else's.
func mustTake(t *testing.T, dir, tool string) *Identity {
	t.Helper()
	i, err := take(dir, tool)
	if err != nil || i.UUID == (zyre.UUID{}) {
		t.Fatal(i, err)
	}
	t.Cleanup(i.Release)
	return i
}

func TestKeptUnderALock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "zyre")
	first := mustTake(t, dir, "send")
	second := mustTake(t, dir, "send")
	other := mustTake(t, dir, "listen")
	if !first.Kept || second.Kept || first.UUID == second.UUID || first.UUID == other.UUID {
		t.Error(first, second, other)
	}
	first.Release()
	if again := mustTake(t, dir, "send"); !again.Kept || again.UUID != first.UUID {
		t.Error(first, again)
	}
	for _, name := range []string{"", "send", "send.lock"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
			t.Error(name, info.Mode(), err)
		}
	}
}

// What is in the file and is not ours is written anew.
func TestFileIsNotOurs(t *testing.T) {
	host, _ := os.Hostname()
	const id = "00112233445566778899AABBCCDDEEFF"
	for text, ours := range map[string]bool{
		id + " " + host + "\n":       true,
		id + " " + host:              true,
		id + " elsewhere\n":          false, // a home that was copied
		id:                           false,
		"":                           false,
		"\x00\xff" + "\n":            false,
		id[:30] + " " + host:         false,
		strings.Repeat("0", 100_000): false,
		"00000000000000000000000000000000 " + host: false,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "send"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		i := mustTake(t, dir, "send")
		if !i.Kept || (i.UUID.String() == id) != ours {
			t.Errorf("%.50q: %v", text, i)
		}
		i.Release()
		if again := mustTake(t, dir, "send"); again.UUID != i.UUID {
			t.Errorf("%.50q: %v, then %v", text, i, again)
		}
	}
}

// Whatever is wrong, there is an identity.
func TestNoPlace(t *testing.T) {
	t.Chdir(t.TempDir())
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	folders := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folders, "send", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"relative", file, folders} {
		i, err := take(dir, "send")
		if err == nil || i == nil || i.Kept || i.UUID == (zyre.UUID{}) {
			t.Error(dir, i, err)
		}
		i.Release()
	}
}
