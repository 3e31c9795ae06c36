package zpl_test

import (
	"errors"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/zeromq/gozyre/zpl"
)

type account struct {
	Login    string `zpl:"login"`
	Password string `zpl:"password"`
	Group    string `zpl:"group"`
}

type security struct {
	Anonymous bool `zpl:"anonymous"`
	Plain     struct {
		On       bool      `zpl:",value"`
		Accounts []account `zpl:"account"`
	} `zpl:"plain"`
}

type base struct {
	Name string
	Tag  string `zpl:"label"`
}

type all struct {
	base
	Port     uint16                       `zpl:"port"`
	Ints     []int8                       `zpl:"int"`
	Octets   []byte                       `zpl:"octets"`
	Sizes    []int64                      `zpl:"size,size"`
	Cache    uint64                       `zpl:"cache,size"`
	Rate     float64                      `zpl:"rate"`
	Patience time.Duration                `zpl:"patience"`
	Addr     netip.Addr                   `zpl:"addr"`
	Addrs    []netip.Addr                 `zpl:"addrs"`
	Pointer  *int                         `zpl:"pointer"`
	Sections []*account                   `zpl:"section"`
	Maps     map[string]map[string]string `zpl:"maps"`
	Lists    map[string][]string          `zpl:"lists"`
	On       bool                         `zpl:"on"`
	Security security                     `zpl:"security"`
	Raw      *zpl.Node                    `zpl:"raw"`
	Func     func()                       `zpl:"-"`
	hidden   int
}

func TestUnmarshal(t *testing.T) {
	seven := 7
	for _, c := range []struct {
		text string
		want all
	}{
		{"", all{}},
		{"name = n\nlabel = l", all{base: base{"n", "l"}}},
		{"port = 65535", all{Port: 65535}},
		{"int = 1\nport = 2\nint = -128", all{Port: 2, Ints: []int8{1, -128}}},
		{"octets = ä\xff", all{Octets: []byte("ä\xff")}},
		{"size = 1\nsize = 2B\nsize = 3 kb\nsize = 4KiB\nsize = 8EiB\n", all{}}, // an error, below
		{"size = 1\nsize = 2B\nsize = 3 kb\nsize = 4KiB\nsize=0MB", all{Sizes: []int64{1, 2, 3000, 4096, 0}}},
		{"cache = 4MB", all{Cache: 4_000_000}},
		{"cache = 16777215TiB", all{Cache: 16777215 << 40}},
		{"rate = 1e-3", all{Rate: 0.001}},
		{"patience = 5", all{Patience: 5 * time.Second}},
		{"patience = 1.5", all{Patience: 1500 * time.Millisecond}},
		{"patience = 1h30m", all{Patience: 90 * time.Minute}},
		{"addr = ::1\naddrs = 127.0.0.1\naddrs = ::2", all{Addr: netip.MustParseAddr("::1"),
			Addrs: []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::2")}}},
		{"pointer = 7", all{Pointer: &seven}},
		{"section\n    login = a\nsection\nsection\n    group = g", all{Sections: []*account{{Login: "a"}, {}, {Group: "g"}}}},
		{"maps\n    a\n        b = 1\n    c", all{Maps: map[string]map[string]string{"a": {"b": "1"}, "c": {}}}},
		{"lists\n    a = 1\n    b = 2\n    a = 3", all{Lists: map[string][]string{"a": {"1", "3"}, "b": {"2"}}}},
		{"on = YES", all{On: true}},
		{"security\n    anonymous = 0\n    plain = 1\n        account\n            login = guest\n            password = g # u",
			all{Security: func() (s security) {
				s.Plain.On, s.Plain.Accounts = true, []account{{Login: "guest", Password: "g"}}
				return s
			}()}},
	} {
		var got all
		err := zpl.Unmarshal([]byte(c.text), &got)
		if reflect.DeepEqual(c.want, all{}) != (err != nil) && c.text != "" {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if err == nil && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, want %+v", c.text, got, c.want)
		}
	}
}

// What is there before is a default: no property, no change; and a list is
// replaced as a whole.
func TestDefaults(t *testing.T) {
	backing := []int8{1, 2}
	got := all{Port: 5670, Ints: backing, On: true, Maps: map[string]map[string]string{"x": {}}}
	if err := zpl.Unmarshal([]byte("int = 9\non = 0\nmaps\n    y"), &got); err != nil {
		t.Fatal(err)
	}
	want := all{Port: 5670, Ints: []int8{9}, Maps: map[string]map[string]string{"x": {}, "y": {}}}
	if !reflect.DeepEqual(got, want) || backing[0] != 1 {
		t.Errorf("%+v %v", got, backing)
	}
}

func TestRaw(t *testing.T) {
	var got all
	if err := zpl.Unmarshal([]byte("raw = 1 # c\n    any = 2\n"), &got); err != nil {
		t.Fatal(err)
	}
	if got.Raw.Value != "1" || outline(got.Raw) != `any="2"` {
		t.Errorf("%+v", got.Raw)
	}
	out, err := zpl.Marshal(got)
	if err != nil || string(out) != "raw = 1\n    any = 2\n" {
		t.Errorf("%q %v", out, err)
	}
}

// The instructions of a server file, in their order.
func TestServerFile(t *testing.T) {
	root, err := zpl.Load("testdata/server.cfg")
	if err != nil {
		t.Fatal(err)
	}
	type publish struct{ Location, Virtual string }
	var called []string
	for _, call := range root.Children {
		for _, line := range call.Values("echo") {
			called = append(called, "echo "+line)
		}
		switch call.Name {
		case "publish":
			var p publish
			if err := call.Decode(&p); err != nil {
				t.Fatal(err)
			}
			called = append(called, "publish "+p.Location+" as "+p.Virtual)
		case "bind":
			endpoint, _ := call.Lookup("endpoint")
			called = append(called, "bind "+endpoint)
		}
	}
	want := []string{"publish /srv/photos as /", "publish /srv/logs as /logs", "echo friends only, from here on", "bind tcp://*:5670"}
	if !reflect.DeepEqual(called, want) {
		t.Errorf("%q", called)
	}
	if got := root.Get("/security/plain/account[2]").Values("login"); !reflect.DeepEqual(got, []string{"bob"}) {
		t.Errorf("%q", got)
	}
}

func TestTypes(t *testing.T) {
	var nilStruct *account
	for _, v := range []any{
		nil, account{}, nilStruct, new(chan int), new([]string), new(any), new([4]int), new(map[int]string), new(uintptr), new(complex64),
		&struct{ A any }{}, &struct{ A [][]string }{}, &struct{ A [2]int }{}, &struct{ A map[int]string }{}, &struct{ A *[]string }{},
		&struct {
			A string `zpl:"a b"`
		}{},
		&struct {
			A string `zpl:"a,omitempty"`
		}{},
		&struct {
			A string
			B string `zpl:"a"`
		}{},
	} {
		if err := zpl.Unmarshal([]byte("a = 1"), v); !errors.Is(err, zpl.ErrType) {
			// A value of the kind itself takes no properties.
			var wrong *zpl.SyntaxError
			if !errors.As(err, &wrong) || reflect.TypeOf(v).Elem().Kind() == reflect.Struct {
				t.Errorf("%T: %v", v, err)
			}
		}
	}
	for _, v := range []any{
		nil, "text", 1, nilStruct, []string{"a"}, time.Now(),
		struct{ A any }{1}, struct{ A chan int }{make(chan int)}, struct{ A [2]int }{[2]int{1}}, map[int]string{1: "a"},
		struct{ A [][]string }{[][]string{{"a"}}}, map[string]any{"a": 1},
	} {
		if out, err := zpl.Marshal(v); !errors.Is(err, zpl.ErrType) {
			t.Errorf("%T: %q %v", v, out, err)
		}
	}
}

// The configuration of a node, with the tags of libzyre.Config.
func TestNodeConfig(t *testing.T) {
	type config struct {
		Name        string            `zpl:"name"`
		Headers     map[string]string `zpl:"headers"`
		Port        uint16            `zpl:"port"`
		Interfaces  []string          `zpl:"interfaces"`
		Interval    time.Duration     `zpl:"interval"`
		HighWater   int               `zpl:"high-water"`
		SendTimeout time.Duration     `zpl:"send-timeout"`
		Transport   any               `zpl:"-"`
	}
	want := config{Name: "alice", Headers: map[string]string{"X-A": "# 1", "X-B": "it's"}, Port: 5670, Interfaces: []string{"eth0", "wlan0"},
		Interval: time.Minute, HighWater: 3000, SendTimeout: 250 * time.Millisecond}
	out, err := zpl.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const text = `name = alice

headers
    X-A = "# 1"
    X-B = it's

port = 5670
interfaces = eth0
interfaces = wlan0
interval = 1m
high-water = 3000
send-timeout = 250ms
`
	if string(out) != text {
		t.Errorf("%s", out)
	}
	var got config
	if err := zpl.Unmarshal(out, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
}
