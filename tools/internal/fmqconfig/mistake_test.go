package fmqconfig

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/internal/show"
)

// Every mistake that people make, and what they are told: in ZPL and in TOML.
// Passwords are in none of it.
func TestMistakes(t *testing.T) {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	here(t, "a")
	if err := os.WriteFile("file", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	dir, _ := os.Getwd()
	var out strings.Builder
	for _, c := range []struct{ file, text string }{
		{"zpl", "sever\n    monitor = 1"},
		{"zpl", "server\n    hartbeat = 1"},
		{"zpl", "server\n    heartbeat = soon"},
		{"zpl", "server\n    heartbeat = 0"},
		{"zpl", "server\n    heartbeat = -1s # no"},
		{"zpl", "server\n    heartbeat = 25h"},
		{"zpl", "server\n    heartbeat = 10\n    expired = 5"},
		{"zpl", "server\n    clients = 0"},
		{"zpl", "server\n    cache = file"},
		{"zpl", "server\nserver"},
		{"zpl", "publish"},
		{"zpl", "publish\n    location = nosuch"},
		{"zpl", "publish\n    location = file"},
		{"zpl", "publish\n    location = file/x"},
		{"zpl", "publish\n    location ="},
		{"zpl", "publish\n    location = a\n    virtual = \"photos\" # x"},
		{"zpl", "publish\n    location = a\n    virtual = /a/../b"},
		{"zpl", "publish\n    location = a\npublish\n    location = a\n    virtual = /"},
		{"zpl", "publish\n    location = a\n    nolinks = perhaps"},
		{"zpl", "publish\n    location = a\n    group = amdins\nsecurity\n    plain\n        account\n            login = x\n            password = SECRET\n            group = admins"},
		{"zpl", "security\n    plain\n        acount\n            login = SECRET"},
		{"zpl", "security\n    plain\n        account\n            login = x"},
		{"zpl", "security\n    plain\n        account\n            login = x\n            pasword = SECRET"},
		{"zpl", "security\n    plain\n        account\n            login = x\n            password = " + strings.Repeat("SECRET", 50)},
		{"zpl", "security\n    plain\n        account\n            login = x\n            password = SECRET\n        account\n            login = x\n            password = SECRET"},
		{"zpl", "security\n    password SECRET"},
		{"zpl", "bind\n    endpoint = udp://x"},
		{"zpl", "bind\n    endpoint = x:99999"},
		{"zpl", "bind\n    endpoint = \u202ex:y"},
		{"zpl", "client\n    inbox = file"},
		{"zpl", "client\n    window = 1kB"},
		{"zpl", "client\n    window = big"},
		{"zpl", "client\n    password = SECRET"},
		{"zpl", "client\n    inbox = in\nconnect\n    endpoint = *:5670"},
		{"zpl", "client\n    inbox = in\nconnect\n    endpoint = x"},
		{"zpl", "client\n    inbox = in\nsubscribe\n    path = /"},
		{"zpl", "connect\n    endpoint = x\nsubscribe\n    path = /"},
		{"zpl", "subscribe\n    path = /a\nsubscribe\n    path = /a/"},
		{"toml", "[sever]\nmonitor = 1"},
		{"toml", "[server]\nmonitor = 1\nhartbeat = 1 # x"},
		{"toml", "server.heartbeat = \"soon\""},
		{"toml", "server.heartbeat = 0"},
		{"toml", "[[publish]]\nlocation = \"a\"\n\n[[publish]]\nvirtual = \"/b\" # no location"},
		{"toml", "publish = [{location = \"a\"}, {location = \"nosuch\", virtual = \"/b\"}]"},
		{"toml", "publish = [{location = \"a\", nolinks = 2}]"},
		{"toml", "[security.plain]\naccount = [{login = \"x\", password = \"SECRET\"}, {login = \"y\", pasword = \"SECRET\"}]"},
		{"toml", "[[security.plain.account]]\nlogin = \"x\"\npassword = \"SECRET\n"},
		{"toml", "[client]\npassword = \"SECRET\""},
		{"toml", "[client]\npassword = 'SECRET' x"},
		{"toml", "[client\n"},
		{"toml", "[client]\n  window = \"1kB\""},
		{"toml", "connect = []"},
		{"toml", "a = " + strings.Repeat("[", 100)},
		{"toml", "echo = \"a\\nb\""},
	} {
		_, err := load("x."+c.file, c.text)
		if err == nil {
			t.Errorf("%q is right", c.text)
			continue
		}
		told := strings.ReplaceAll(err.Error(), dir, "HERE")
		if strings.Contains(told, "SECRET") {
			t.Errorf("%q: a secret is told:\n%s", c.text, told)
		}
		for line := range strings.Lines(told) {
			if line = strings.TrimSuffix(line, "\n"); show.Text(line) != line {
				t.Errorf("%q: %q", c.text, told)
			}
		}
		out.WriteString(told + "\n\n")
	}
	t.Chdir(wd)
	golden(t, "testdata/mistakes.txt", out.String())
}

// FuzzConfig: whatever a file holds, it is read or refused, and printed without
// control characters and passwords.
func FuzzConfig(f *testing.F) {
	for _, file := range []string{"testdata/guide.cfg", "testdata/guide.toml", "defaults.zpl"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, strings.HasSuffix(file, ".toml"))
	}
	f.Add([]byte(strings.ReplaceAll(both, "= a", "= .")), false)
	f.Add([]byte("[[publish]]\nlocation = \".\"\n[[publish]]\nlocation = \"..\"\nvirtual=\"/b\"\n[security]\nplain = {account=[{login=\"a\",password=\"b\"}]}"), true)
	f.Fuzz(func(t *testing.T, data []byte, toml bool) {
		file := "x.zpl"
		if toml {
			file = "x.toml"
		}
		var out bytes.Buffer
		c, err := load(file, string(data))
		if err != nil {
			out.WriteString(err.Error())
		} else {
			if err := c.Print(&out); err != nil {
				t.Fatal(err)
			}
			secret := c.Client.Password
			if len(secret) > 20 && strings.Contains(out.String(), secret) && strings.Count(string(data), secret) == 1 {
				t.Fatalf("%q is printed:\n%s", secret, out.String())
			}
		}
		for line := range strings.Lines(out.String()) {
			if line = strings.TrimSuffix(line, "\n"); show.Text(line) != line {
				t.Fatalf("%q", line)
			}
		}
	})
}
