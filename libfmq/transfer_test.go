package fmq

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
)

// fetch starts a client of a server.
func fetch(t *testing.T, inbox string, opt Subscription, servers ...string) *Client {
	t.Helper()
	c, err := Dial(context.Background(), ClientConfig{Servers: servers, Inbox: inbox})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Subscribe(t.Context(), "/", opt); err != nil {
		t.Fatal(err)
	}
	return c
}

// until reads events up to the first of a type; what of files it passes is returned too, by name.
func until(t *testing.T, c *Client, want EventType) (last Event, delivered map[string]Event) {
	t.Helper()
	delivered = map[string]Event{}
	deadline := time.After(60 * time.Second)
	for {
		select {
		case e, ok := <-c.Events():
			if !ok {
				t.Fatalf("the client ended: %v", c.Err())
			}
			if e.Type == Deliver {
				delivered[e.Name] = e
			}
			if e.Type == want {
				return e, delivered
			}
		case <-deadline:
			t.Fatalf("no %s", want)
		}
	}
}

// content is everything in a directory, by name; hidden folders of ours left out.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == ".filemq" {
			return fs.SkipDir
		}
		if d.IsDir() {
			return nil
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// same compares two directories.
func same(t *testing.T, got, want string) {
	t.Helper()
	a, b := content(t, got), content(t, want)
	for name, text := range b {
		if got, ok := a[name]; !ok {
			t.Errorf("%q is missing", name)
		} else if got != text {
			t.Errorf("%q: got %d octets, want %d, or they differ", name, len(got), len(text))
		}
	}
	for name := range a {
		if _, ok := b[name]; !ok {
			t.Errorf("%q is too much", name)
		}
	}
}

func random(n int) string {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

// files.md (g): what of names C filemq delivers, and what not.
func TestNamesOfAllKinds(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	names := []string{
		"with space", "näme", "日本", "new\nline", "%s%n", "\xff\xfe invalid", strings.Repeat("x", 255), ".hidden", ".folder/.x", "empty",
		strings.Repeat("d/", 20) + "deep", strings.Repeat(strings.Repeat("p", 79)+"/", 20) + "long", "-rf", "a.ln.txt", "CON.x", "tab\t", "quote'\"`",
	}
	for i, name := range names {
		put(t, dir, name, strings.Repeat(fmt.Sprintln(i), i))
	}
	put(t, dir, "empty", "")
	c := fetch(t, inbox, Subscription{Resync: true}, listen(t, ServerConfig{}, dir).Endpoint())
	_, delivered := until(t, c, Synced)
	if len(delivered) != len(names) {
		t.Errorf("%d were delivered of %d", len(delivered), len(names))
	}
	same(t, inbox, dir)
}

// files.md: C filemq loses mode and mtime.
func TestModeAndTimeAreKept(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	file := put(t, dir, "f", "hello")
	at := time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC)
	os.Chtimes(file, at, at)
	os.Chmod(file, 0o751|fs.ModeSetuid)
	c := fetch(t, inbox, Subscription{Resync: true}, listen(t, ServerConfig{}, dir).Endpoint())
	e, _ := until(t, c, Deliver)
	info, err := os.Stat(e.File)
	if err != nil || !info.ModTime().Equal(at) || info.Mode() != 0o751 {
		t.Errorf("got %v %v, %v", info.ModTime(), info.Mode(), err)
	}
}

// files.md (b): C filemq stops after 1,221 small files, and sends one 400,000 times.
func TestTenThousandSmallFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	dir, inbox := t.TempDir(), t.TempDir()
	outside := t.TempDir()
	before := time.Now().Add(-time.Minute)
	for i := range 10_000 {
		file := filepath.Join(outside, fmt.Sprint(i/100), fmt.Sprint(i))
		if i%100 == 0 {
			os.MkdirAll(filepath.Dir(file), 0o755)
		}
		if err := os.WriteFile(file, []byte(strings.Repeat(fmt.Sprintf("%04d", i), 1024)), 0o644); err != nil {
			t.Fatal(err)
		}
		os.Chtimes(file, before, before)
	}
	os.Rename(outside, filepath.Join(dir, "all"))
	s := listen(t, ServerConfig{}, dir)
	c := fetch(t, inbox, Subscription{Resync: true}, s.Endpoint())
	if _, delivered := until(t, c, Synced); len(delivered) != 10_000 {
		t.Errorf("%d were delivered", len(delivered))
	}
	same(t, inbox, dir)
	if st := s.Stats(); st.Sent != 10_000 || st.Octets != 10_000*4096 {
		t.Errorf("got %+v", st)
	}
}

// files.md: an overwrite by a shorter file keeps the old tail.
func TestShorterFileLeavesNoTail(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	put(t, dir, "f", random(1000))
	c := fetch(t, inbox, Subscription{Resync: true}, listen(t, ServerConfig{}, dir).Endpoint())
	until(t, c, Deliver)
	put(t, dir, "f", "ten octets")
	until(t, c, Deliver)
	same(t, inbox, dir)
}

// files.md (f): two receivers, and the fourth run delivered nothing.
func TestTwoReceiversGetTheSame(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "f", random(20_000_000))
	s := listen(t, ServerConfig{}, dir)
	a, b := t.TempDir(), t.TempDir()
	ca, cb := fetch(t, a, Subscription{Resync: true}, s.Endpoint()), fetch(t, b, Subscription{Resync: true}, s.Endpoint())
	until(t, ca, Synced)
	until(t, cb, Synced)
	same(t, a, dir)
	same(t, b, dir)
}

// files.md: what is appended in flight never arrives. Here the new end does, and it alone travels.
func TestAppendedFileSendsItsTailOnly(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	base := random(5_000_000)
	put(t, dir, "log", base)
	s := listen(t, ServerConfig{}, dir)
	c := fetch(t, inbox, Subscription{Resync: true}, s.Endpoint())
	until(t, c, Deliver)
	until(t, c, Synced)
	for i := range 3 {
		before := s.Stats().Octets
		base += random(1000 + i)
		put(t, dir, "log", base)
		until(t, c, Deliver)
		same(t, inbox, dir)
		if sent := s.Stats().Octets - before; sent != uint64(1000+i) {
			t.Errorf("%d octets were sent for %d that were appended", sent, 1000+i)
		}
	}
}

// What was deleted while a mirror was away is deleted when it is back; without Mirror it stays.
func TestMissedDeletions(t *testing.T) {
	for _, mirror := range []bool{true, false} {
		dir, inbox := t.TempDir(), t.TempDir()
		put(t, dir, "stays", "a")
		gone := put(t, dir, "x/goes", "b")
		s := listen(t, ServerConfig{}, dir)
		other := newRaw(t, s.Endpoint())
		other.open("/")
		other.credit(1000)
		c := fetch(t, inbox, Subscription{Resync: true, Mirror: mirror}, s.Endpoint())
		until(t, c, Synced)
		c.Close()
		os.Remove(gone)
		put(t, inbox, "of the user", "c")
		if m := other.expect(fmq.IDCheezburger); m.Operation != fmq.OperationDelete || string(m.Filename) != "/x/goes" { // so the server has noticed
			t.Fatalf("got %d of %s", m.Operation, m.Filename)
		}
		c = fetch(t, inbox, Subscription{Resync: true, Mirror: mirror}, s.Endpoint())
		until(t, c, Synced)
		c.Close()
		if files := content(t, inbox); mirror && len(files) != 1 || !mirror && len(files) != 3 {
			t.Errorf("mirror %v: got %v", mirror, files)
		}
	}
}

// files.md (g): C filemq does not deliver empty folders. Nor do we: FILEMQ has files only, and a folder comes with its first
// one and goes with its last.
func TestEmptyFoldersDoNotTravel(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "empty", "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	last := put(t, dir, "full/below/f", "hello")
	c := fetch(t, inbox, Subscription{Mirror: true}, listen(t, ServerConfig{}, dir).Endpoint())
	until(t, c, Synced)
	folders := func() (list []string) {
		for _, name := range []string{"empty", "empty/below", "full", "full/below"} {
			if _, err := os.Stat(filepath.Join(inbox, filepath.FromSlash(name))); err == nil {
				list = append(list, name)
			}
		}
		return list
	}
	if got := folders(); !slices.Equal(got, []string{"full", "full/below"}) {
		t.Errorf("there are %q", got)
	}
	os.Remove(last)
	until(t, c, Delete)
	if got := folders(); len(got) > 0 {
		t.Errorf("there are %q", got)
	}
}

// What a caller does with its slices afterwards changes nothing.
func TestPublishedGroupsAreCopied(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "f", "secret")
	groups := [][]string{{"staff"}, {"staff"}}
	cfg := ServerConfig{Accounts: []Account{{Login: "joe", Password: "p", Group: "public"}}, Publish: []Publish{{Dir: dir, As: "/0", Groups: groups[0]}}}
	s := listen(t, cfg)
	if err := s.Publish(Publish{Dir: dir, As: "/1", Groups: groups[1]}); err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		g[0] = "public"
	}
	cfg.Accounts[0].Group = "staff"
	for i := range groups {
		c := newRaw(t, s.Endpoint())
		c.say(fmq.Message{ID: fmq.IDOhai})
		c.expect(fmq.IDOrly)
		c.say(fmq.Message{ID: fmq.IDYarly, Mechanism: []byte("PLAIN"), Response: []byte("\x00joe\x00p")})
		c.expect(fmq.IDOhaiOK)
		c.say(fmq.Message{ID: fmq.IDIcanhaz, Path: fmt.Appendf(nil, "/%d", i), Options: []wire.Pair{resync}})
		c.expect(fmq.IDSrsly)
	}
}

// A transfer that broke off goes on where it stopped, after a restart of either side.
// files.md (e): when C filemq's server is killed at half, half of the file stays.
func TestTransferGoesOnAfterRestart(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	const size = 256 << 20
	put(t, dir, "f", strings.Repeat(random(1<<20), size>>20))
	s := listen(t, ServerConfig{}, dir)
	endpoint := s.Endpoint()
	c := fetch(t, inbox, Subscription{Resync: true}, endpoint)
	until(t, c, Progress)
	c.Close()
	sent := int64(s.Stats().Octets)
	s.Close()
	s = listenAt(t, endpoint, dir)
	c = fetch(t, inbox, Subscription{Resync: true}, endpoint)
	until(t, c, Synced)
	same(t, inbox, dir)
	if again := sent + int64(s.Stats().Octets) - size; again > 8<<20 {
		t.Errorf("%d octets were sent twice", again)
	}
}

// listenAt is listen at a port that was used before.
func listenAt(t *testing.T, endpoint, dir string) *Server {
	t.Helper()
	s, err := Listen(context.Background(), ServerConfig{Endpoint: endpoint, Publish: []Publish{{Dir: dir}}, Monitor: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestServerMayComeLater(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	put(t, dir, "f", "hello")
	s := listen(t, ServerConfig{}, dir)
	endpoint := s.Endpoint()
	s.Close()
	c := fetch(t, inbox, Subscription{Resync: true}, endpoint)
	listenAt(t, endpoint, dir)
	until(t, c, Deliver)
}

func TestSeveralServersOneInbox(t *testing.T) {
	a, b, inbox := t.TempDir(), t.TempDir(), t.TempDir()
	put(t, a, "of a", "1")
	put(t, b, "of b", "2")
	sa, sb := listen(t, ServerConfig{}, a), listen(t, ServerConfig{}, b)
	c := fetch(t, inbox, Subscription{Mirror: true}, sa.Endpoint(), sb.Endpoint())
	until(t, c, Synced)
	until(t, c, Synced)
	c.Close()
	// Each one's deletions concern its own files.
	os.Remove(filepath.Join(a, "of a"))
	c = fetch(t, inbox, Subscription{Mirror: true}, sa.Endpoint(), sb.Endpoint())
	until(t, c, Synced)
	until(t, c, Synced)
	if files := content(t, inbox); len(files) != 1 || files["of b"] != "2" {
		t.Errorf("got %v", files)
	}
}

// Whoever knows the digest of a file does not read it again, also after a restart.
// files.md: C filemq's cache is keyed by the digest and asked for the path: it never hits.
func TestRestartDigestsNothingTwice(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells how much a process has read")
	}
	dir, inbox, cache := t.TempDir(), t.TempDir(), t.TempDir()
	const size = 50 << 20
	put(t, dir, "f", strings.Repeat(random(1<<20), size>>20))
	for i := range 3 {
		s := listen(t, ServerConfig{Cache: cache}, dir)
		before := octetsRead(t)
		c := fetch(t, inbox, Subscription{Resync: true}, s.Endpoint())
		_, delivered := until(t, c, Synced)
		if i > 0 && len(delivered) > 0 || i == 0 && len(delivered) != 1 {
			t.Errorf("round %d: delivered %v", i, delivered)
		}
		if read := octetsRead(t) - before; i > 0 && read > size/10 || i == 0 && read < size {
			t.Errorf("round %d: %d octets were read", i, read)
		}
		c.Close()
		s.Close()
	}
}

// octetsRead is what this process has read so far.
func octetsRead(t *testing.T) (n int) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/io")
	if err == nil {
		_, err = fmt.Sscanf(string(text), "rchar: %d", &n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What was exchanged in place, with its size and time as before, is noticed by the time of change.
func TestTimeSetBackIsNoticed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no time of change")
	}
	dir, inbox, cache := t.TempDir(), t.TempDir(), t.TempDir()
	file := put(t, dir, "f", "content")
	s := listen(t, ServerConfig{Cache: cache}, dir)
	c := fetch(t, inbox, Subscription{Resync: true}, s.Endpoint())
	until(t, c, Deliver)
	for _, text := range []string{"CONTENT", "Content"} {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString(text)
		f.Close()
		os.Chtimes(file, info.ModTime(), info.ModTime())
		until(t, c, Deliver)
		same(t, inbox, dir)
	}
}

// A file that is to come, for its time lies in the future, is stable when it was seen unchanged for a second.
func TestClockSetBack(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	c := fetch(t, inbox, Subscription{Resync: true}, listen(t, ServerConfig{}, dir).Endpoint())
	file := put(t, dir, "f", "hello")
	future := time.Now().Add(time.Hour)
	os.Chtimes(file, future, future)
	until(t, c, Deliver)
	same(t, inbox, dir)
}

// Whoever writes a file, starts a server and fetches everything gets it.
func TestWhatWasJustWrittenIsThere(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := fetch(t, inbox, Subscription{Resync: true}, listen(t, ServerConfig{}, dir).Endpoint())
	if _, delivered := until(t, c, Synced); len(delivered) != 1 {
		t.Errorf("got %v", delivered)
	}
}

// files.md: a .ln that came from outside was followed, and gave /etc/hostname away.
func TestLinkThatCameInIsNotFollowed(t *testing.T) {
	dir, inbox, third := t.TempDir(), t.TempDir(), t.TempDir()
	secret := put(t, t.TempDir(), "secret", "secret")
	put(t, dir, "x.ln", secret)
	s, err := Listen(context.Background(), ServerConfig{Endpoint: "tcp://127.0.0.1:*", Publish: []Publish{{Dir: dir, NoLinks: true}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := fetch(t, inbox, Subscription{Resync: true}, s.Endpoint())
	until(t, c, Synced)
	again := listen(t, ServerConfig{}, inbox)
	c = fetch(t, third, Subscription{Resync: true}, again.Endpoint())
	until(t, c, Synced)
	if files := content(t, third); len(files) != 1 || files["x.ln"] != secret {
		t.Errorf("got %v", files)
	}
}

func TestInboxDeletedMeanwhile(t *testing.T) {
	dir, inbox := t.TempDir(), filepath.Join(t.TempDir(), "inbox")
	put(t, dir, "f", "hello")
	c := fetch(t, inbox, Subscription{Resync: true}, listen(t, ServerConfig{}, dir).Endpoint())
	until(t, c, Deliver)
	if err := os.RemoveAll(inbox); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "g", "world")
	until(t, c, Deliver)
	if files := content(t, inbox); files["g"] != "world" {
		t.Errorf("got %v", files)
	}
}

// files.md: C filemq has no authentication since 2014.
func TestWrongPassword(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "f", "hello")
	s := listen(t, ServerConfig{Accounts: []Account{{Login: "joe", Password: "secret", Group: "staff"}}}, dir)
	for password, want := range map[string]EventType{"secret": Deliver, "wrong": Denied} {
		c, err := Dial(t.Context(), ClientConfig{Servers: []string{s.Endpoint()}, Inbox: t.TempDir(), Login: "joe", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		c.Subscribe(t.Context(), "/", Subscription{Resync: true})
		e, _ := until(t, c, want)
		if want == Denied && (e.Cause == nil || e.Server != s.Endpoint()) {
			t.Errorf("got %+v", e)
		}
		c.Close()
	}
	// Nor does anybody come in who does not say who he is.
	c := fetch(t, t.TempDir(), Subscription{Resync: true}, s.Endpoint())
	until(t, c, Denied)
}

func TestTwentyLevelsAndAHundredFolders(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	for i := range 100 {
		put(t, dir, strings.Repeat(fmt.Sprintf("%d/", i), 20)+"f", fmt.Sprint(i))
	}
	c := fetch(t, inbox, Subscription{Mirror: true}, listen(t, ServerConfig{}, dir).Endpoint())
	until(t, c, Synced)
	same(t, inbox, dir)
	// A folder becomes a file, and a file a folder.
	os.RemoveAll(filepath.Join(dir, "7"))
	put(t, dir, "7", "a file")
	for {
		if e, _ := until(t, c, Deliver); e.Name == "7" {
			break
		}
	}
	os.Remove(filepath.Join(dir, "7"))
	put(t, dir, "7/again/f", "a folder")
	for {
		if e, _ := until(t, c, Deliver); e.Name == "7/again/f" {
			break
		}
	}
	same(t, inbox, dir)
}

func TestInvalidConfigurations(t *testing.T) {
	for name, cfg := range map[string]ServerConfig{
		"no directory":            {Publish: []Publish{{Dir: filepath.Join(t.TempDir(), "none")}}},
		"no path":                 {Publish: []Publish{{Dir: t.TempDir(), As: "x"}}},
		"two accounts":            {Accounts: []Account{{Login: "a"}, {Login: "a"}}},
		"no login":                {Accounts: []Account{{Password: "a"}}},
		"bad endpoint":            {Endpoint: "nowhere"},
		"groups without accounts": {Publish: []Publish{{Dir: t.TempDir(), Groups: []string{"staff"}}}},
		"anonymous groups":        {Publish: []Publish{{Dir: t.TempDir(), Groups: []string{"staff"}}}, Accounts: []Account{{Login: "a"}}, Anonymous: true},
		"impatient":               {Heartbeat: time.Second, Expired: 2 * time.Second},
		"negative":                {Heartbeat: -1},
		"beyond reason":           {Monitor: 1000 * time.Hour},
		"a file":                  {Publish: []Publish{{Dir: put(t, t.TempDir(), "f", "")}}},
		"cache is a file":         {Cache: put(t, t.TempDir(), "f", "")},
	} {
		if cfg.Endpoint == "" {
			cfg.Endpoint = "tcp://127.0.0.1:*"
		}
		if s, err := Listen(t.Context(), cfg); err == nil {
			t.Errorf("%s: no error", name)
			s.Close()
		} else if strings.TrimSpace(err.Error()) == "" {
			t.Errorf("%s: the error says nothing", name)
		}
	}
}
