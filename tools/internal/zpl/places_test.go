package zpl

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/zpl"
)

func TestPlaces(t *testing.T) {
	const text = `# who
"server".monitor = 1
[[publish]] # one
  location = 'a"b'
  virtual = """
x
"""
[[publish]]
"grö\u00dfe" = [1, 2] ; group = "no"
[security]
plain = {"=" = "1", account = [{login = "é", password = "b"}, {login="c"}]}
`
	places := Places([]byte(strings.Replace(text, ` ; group = "no"`, "", 1)))
	for path, want := range map[string]Place{
		"/server":                          {2, 1, 0, 0, `"server"`, "", true},
		"/server/monitor":                  {2, 10, 2, 20, "monitor", "1", false},
		"/publish":                         {3, 3, 0, 0, "publish", "", true},
		"/publish/location":                {4, 3, 4, 14, "location", `'a"b'`, true},
		"/publish/virtual":                 {5, 3, 5, 13, "virtual", "\"\"\"\nx\n\"\"\"", true},
		"/publish[2]":                      {8, 3, 0, 0, "publish", "", true},
		"/publish[2]/größe":                {9, 1, 9, 17, `"grö\u00dfe"`, "1", true},
		"/publish[2]/größe[2]":             {9, 1, 9, 20, `"grö\u00dfe"`, "2", true},
		"/security/plain/=":                {11, 10, 11, 16, `"="`, `"1"`, false},
		"/security/plain/account/password": {11, 46, 11, 57, "password", `"b"`, false},
		"/security/plain/account[2]":       {11, 21, 0, 0, "account", "", false},
		"/security/plain/account[2]/login": {11, 64, 11, 70, "login", `"c"`, false},
	} {
		if got := places[path]; got != want {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
}

// Whatever ParseTOML makes a property of has a place, and there stands its name.
func TestPlacesOfEverything(t *testing.T) {
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 1))
		root := &zpl.Node{}
		grow(random, root, 0)
		text, err := formatTOML("tree", root)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseTOML("tree", text)
		if err != nil {
			t.Fatal(err)
		}
		places, lines := Places(text), strings.Split(string(text), "\n")
		for path, n := range back.Walk() {
			p := places[path]
			if strings.Trim(p.Key, `"`) != n.Name || !strings.HasPrefix(string([]rune(lines[p.Line-1])[p.Col-1:]), p.Key) {
				t.Fatalf("seed %d: %s is at %+v in\n%s", seed, path, p, text)
			}
		}
	}
}

// Long lines and deep ones take no time to speak of.
func TestPlacesOfLongLines(t *testing.T) {
	for _, text := range []string{
		"a = {" + strings.Repeat(" ", 1<<19) + strings.Repeat("b=1,", 1<<17) + "}",
		"a = " + strings.Repeat("[", 1<<20), strings.Repeat("a.", 1<<13) + "a = 1", strings.Repeat("[[a]]\n", 1<<17),
	} {
		Places([]byte(text))
	}
}

func FuzzPlaces(f *testing.F) {
	f.Add([]byte("[[a]]\nb = [{c = 1}, {c.d = '''\n'''}] # x\n[a.e]\n"))
	f.Fuzz(func(t *testing.T, data []byte) { Places(data) })
}
