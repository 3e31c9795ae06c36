package fmqconfig

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	os.Setenv("XDG_CACHE_HOME", "/cache") // on the systems where these tests run, and so it can be compared
	goleak.VerifyTestMain(m)
}

var update = flag.Bool("update", false, "write the files of testdata anew")

// golden compares a text with a file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it):\n%s", file, got)
	}
}

// here changes to an empty directory in which there are the ones named.
func here(t *testing.T, dirs ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
}

func load(file, text string) (*Config, error) {
	s, err := Parse(file, []byte(text))
	if err != nil {
		return nil, err
	}
	return Merge(s)
}

// The Guide's configuration, and the same in TOML.
func TestGuide(t *testing.T) {
	texts := map[string]string{}
	for _, file := range []string{"guide.cfg", "guide.toml"} {
		text, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	here(t, "fmqroot/logs")
	for file, text := range texts {
		c, err := load(file, text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		want := fmq.ServerConfig{Endpoint: "tcp://*:5670", Monitor: time.Second, Heartbeat: time.Second, Cache: DefaultCache(), MaxClients: 10000,
			Publish:  []fmq.Publish{{Dir: "./fmqroot/logs", As: "/logs"}},
			Accounts: []fmq.Account{{Login: "guest", Password: "guest", Group: "guest"}, {Login: "super", Password: "secret", Group: "admin"}}}
		if !reflect.DeepEqual(c.Server, want) || !c.Serves() || c.Fetches() {
			t.Errorf("%s: %+v", file, c.Server)
		}
		steps := []Step{{"publish", "./fmqroot/logs", "/logs"}, {"echo", "I: use guest/guest to login to server", ""}}
		if !reflect.DeepEqual(c.Steps, steps) {
			t.Errorf("%s: %q", file, c.Steps)
		}
	}
}

// What is shipped is what the library does by itself, as its documentation says.
func TestShipped(t *testing.T) {
	c, err := Merge()
	if err != nil {
		t.Fatal(err)
	}
	server := fmq.ServerConfig{Endpoint: "tcp://*:5670", Anonymous: true, Monitor: time.Second, Heartbeat: time.Second, Cache: DefaultCache(), MaxClients: 10_000}
	client := fmq.ClientConfig{Window: 4_000_000, Heartbeat: time.Second, Queue: 1000}
	if !reflect.DeepEqual(c.Server, server) || !reflect.DeepEqual(c.Client, client) || c.Serves() || c.Fetches() || c.Steps != nil {
		t.Errorf("%+v", c)
	}
	// What stands there as a comment can be said as it stands.
	var b strings.Builder
	for line := range strings.Lines(Shipped) {
		text := strings.TrimLeft(line, " ")
		if rest, ok := strings.CutPrefix(text, "# "); ok && len(line) > 2 && (strings.Contains(rest, "=") || !strings.Contains(strings.TrimSpace(strings.SplitN(rest, "#", 2)[0]), " ")) {
			indent := len(line) - len(text)
			more := len(rest) - len(strings.TrimLeft(rest, " "))
			line = strings.Repeat(" ", indent+more) + strings.TrimLeft(rest, " ")
		}
		b.WriteString(line)
	}
	here(t, "DIRECTORY")
	text := strings.ReplaceAll(b.String(), "tcp://HOST:5670", "tcp://localhost")
	if c, err = load("all.zpl", text); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !c.Serves() || !c.Fetches() || len(c.Server.Accounts) != 1 || c.Server.Publish[0].Groups[0] != "NAME" || c.Client.Servers[0] != "tcp://localhost:5670" {
		t.Errorf("%+v", c)
	}
}

const both = `echo = first
server
    heartbeat = 2
    echo = second
publish
    location = a
    group = staff
security
    plain
        account
            login = alice
            password = "s3cret # of alice"
            group = staff
publish
    location = b
    virtual = /b/
bind
    endpoint = tcp://127.0.0.1:*
client
    inbox = inbox
    resync = yes
    window = 1MiB
    login = bob
    password = s3cret
connect
    endpoint = upstream
subscribe
    path = /x/
    mirror = 1
subscribe
    path = /
    resync = 0
    echo = last
`

func TestBothSides(t *testing.T) {
	here(t, "a", "b")
	c, err := load("both.zpl", both)
	if err != nil {
		t.Fatal(err)
	}
	server := fmq.ServerConfig{Endpoint: "tcp://127.0.0.1:*", Monitor: time.Second, Heartbeat: 2 * time.Second, Cache: DefaultCache(), MaxClients: 10_000,
		Publish:  []fmq.Publish{{Dir: "a", As: "/", Groups: []string{"staff"}}, {Dir: "b", As: "/b"}},
		Accounts: []fmq.Account{{Login: "alice", Password: "s3cret # of alice", Group: "staff"}}}
	client := fmq.ClientConfig{Servers: []string{"tcp://upstream:5670"}, Inbox: "inbox", Login: "bob", Password: "s3cret",
		Window: 1 << 20, Heartbeat: time.Second, Queue: 1000}
	subscriptions := []Subscription{{"/x", fmq.Subscription{Resync: true, Mirror: true}}, {"/", fmq.Subscription{}}}
	steps := []Step{{"echo", "first", ""}, {"echo", "second", ""}, {"publish", "a", "/"}, {"publish", "b", "/b"},
		{"connect", "tcp://upstream:5670", ""}, {"subscribe", "/x", ""}, {"echo", "last", ""}, {"subscribe", "/", ""}}
	if !reflect.DeepEqual(c.Server, server) {
		t.Errorf("%+v", c.Server)
	}
	if !reflect.DeepEqual(c.Client, client) || !reflect.DeepEqual(c.Subscriptions, subscriptions) {
		t.Errorf("%+v %+v", c.Client, c.Subscriptions)
	}
	if !reflect.DeepEqual(c.Steps, steps) {
		t.Errorf("%q", c.Steps)
	}
}

// Shipped, below the user's file, below the command line; and each value says
// where it came from.
func TestLayers(t *testing.T) {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	here(t, "a", "b", "c")
	s, err := Parse("both.zpl", []byte(both))
	if err != nil {
		t.Fatal(err)
	}
	f := NewFlags()
	f.Add("DIR", "publish", "location", "c", "virtual", "/b")
	f.Add("--bind", "bind", "endpoint", "*:5671")
	f.Add("--mirror", "client", "mirror", "1")
	f.Account("--user", "alice", "new s3cret")
	f.NoLinks()
	c, err := Merge(s, f)
	// The account of the flag is in no group.
	if err == nil || !strings.Contains(err.Error(), `both.zpl:7:13: group "staff" is refused: no account is in that group: no account has a group`) {
		t.Fatal(err)
	}
	s, _ = Parse("both.zpl", []byte(strings.Replace(both, "    group = staff\nsecurity", "security", 1)))
	if c, err = Merge(s, f); err != nil {
		t.Fatal(err)
	}
	if len(c.Server.Publish) != 2 || c.Server.Publish[1].Dir != "c" || !c.Server.Publish[0].NoLinks || c.Server.Endpoint != "tcp://*:5671" ||
		len(c.Server.Accounts) != 1 || c.Server.Accounts[0].Password != "new s3cret" || !c.Subscriptions[1].Mirror {
		t.Errorf("%+v %+v", c.Server, c.Subscriptions)
	}
	var out bytes.Buffer
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "s3cret") {
		t.Error("a password is printed")
	}
	t.Chdir(wd)
	golden(t, "testdata/layers.txt", out.String())
}

// Nobody is let in by mistake.
func TestAccess(t *testing.T) {
	here(t, "a")
	const publish = "publish\n    location = a\n"
	account := "        account\n            login = l\n            password = p\n"
	for _, c := range []struct {
		text      string
		anonymous bool
		accounts  int
		err       string
	}{
		{text: "", anonymous: true},
		{text: "security\n    anonymous = 1", anonymous: true},
		{text: "security\n    plain\n" + account, accounts: 1},
		{text: "security\n    plain = 1\n" + account, accounts: 1},
		{text: "security\n    anonymous = 1\n    plain = 1\n" + account, anonymous: true, accounts: 1},
		{text: "security\n    anonymous = 1\n    plain = 0\n" + account, anonymous: true},
		{text: "security\n    plain = 0\n" + account, err: "f:5:5: nobody could come in"},
		{text: "security\n    anonymous = 0\n    plain = 0\n" + account, err: "f:5:5: nobody could come in"},
		{text: "security\n    anonymous = 0", err: "f:5:5: nobody could come in"},
		{text: "security\n    anonymous = 0\n    plain = 1", err: "f:6:5: plain has no account"},
	} {
		got, err := load("f", "#\n"+publish+c.text)
		if c.err != "" {
			if err == nil || !strings.HasPrefix(err.Error(), c.err) {
				t.Errorf("%q: %v", c.text, err)
			}
			continue
		}
		if err != nil || got.Server.Anonymous != c.anonymous || len(got.Server.Accounts) != c.accounts {
			t.Errorf("%q: %v, %+v", c.text, err, got)
		}
	}
	// What the command line has replaced is no mistake any more.
	s, err := Parse("f", []byte(publish+"security\n    anonymous = 0"))
	if err != nil {
		t.Fatal(err)
	}
	f := NewFlags()
	f.Add("--anonymous", "security", "anonymous", "1")
	if c, err := Merge(s, f); err != nil || !c.Server.Anonymous {
		t.Error(c, err)
	}
}

// Mistakes of the command line are called by the name of the flag.
func TestFlagMistakes(t *testing.T) {
	here(t, "a")
	for _, c := range []struct {
		add  func(*Source)
		want string
	}{
		{func(s *Source) { s.Add("DIR", "publish", "location", "b\x1b") }, `DIR: location "b\x1b" is refused: there is no such directory (seen from `},
		{func(s *Source) { s.Add("DIR", "publish", "location", "a", "virtual", "x") }, `DIR: virtual "x" is refused: a virtual path begins with /`},
		{func(s *Source) { s.Add("--bind", "bind", "endpoint", "x:0") }, `--bind: endpoint "x:0" is refused: a port is 1 to 65535`},
		{func(s *Source) { s.Account("--user", "", "p") }, `--user: login has no value: write a name`},
		{func(s *Source) { s.Account("--user", "n", strings.Repeat("p", 256)) }, `--user: password is refused: 256 octets are too many`},
		{func(s *Source) {
			s.Add("DIR", "publish", "location", "a")
			s.Add("DIR", "publish", "location", "a")
		}, `DIR: a second publish of "/": take one away, or give it another name`},
	} {
		f := NewFlags()
		c.add(f)
		_, err := Merge(f)
		if !errors.Is(err, cli.ErrUsage) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func TestEndpoint(t *testing.T) {
	for _, c := range []struct{ text, connect, listen string }{
		{"host", "tcp://host:5670", "tcp://host:5670"},
		{"host:1", "tcp://host:1", "tcp://host:1"},
		{"tcp://host", "tcp://host:5670", "tcp://host:5670"},
		{"tcp://10.0.0.1:65535", "tcp://10.0.0.1:65535", "tcp://10.0.0.1:65535"},
		{"::1", "tcp://[::1]:5670", "tcp://[::1]:5670"},
		{"[::1]", "tcp://[::1]:5670", "tcp://[::1]:5670"},
		{"[::1]:7", "tcp://[::1]:7", "tcp://[::1]:7"},
		{"*", "", "tcp://*:5670"},
		{"*:*", "", "tcp://*:*"},
		{":7", "", "tcp://*:7"},
		{"tcp://*:5670", "", "tcp://*:5670"},
		{"ipc:///x", "ipc:///x", "ipc:///x"},
		{"inproc://x", "inproc://x", "inproc://x"},
		{"", "", "tcp://*:5670"}, {"host:0", "", ""}, {"host:65536", "", ""}, {"host:x", "", ""}, {"udp://host", "", ""}, {"a b", "", ""},
		{"host/path", "", ""}, {"1:2:3", "", ""}, {"ipc://", "", ""}, {"a\x00", "", ""}, {"tcp://a:*", "", "tcp://a:*"},
	} {
		for listen, want := range map[bool]string{false: c.connect, true: c.listen} {
			got, err := Endpoint(c.text, listen)
			if got != want || (err == nil) != (want != "") {
				t.Errorf("Endpoint(%q, %v) = %q, %v; want %q", c.text, listen, got, err, want)
			}
		}
	}
}

func TestPassword(t *testing.T) {
	here(t)
	for _, c := range []struct{ content, want, err string }{
		{"p\n", "p", ""}, {"p\r\n", "p", ""}, {"p", "p", ""}, {" p \n", " p ", ""}, {strings.Repeat("p", 255) + "\n", strings.Repeat("p", 255), ""},
		{"", "", "empty"}, {"\n", "", "empty"}, {"a\nb", "", "one line"}, {"p\n\n", "", "one line"}, {"a\x00", "", "NUL"}, {strings.Repeat("p", 256), "", "255"},
	} {
		if err := os.WriteFile("secret", []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, warning, err := Password("secret")
		if got != c.want || warning != "" || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: %q, %q, %v", c.content, got, warning, err)
		}
	}
	if _, _, err := Password("nosuch"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
