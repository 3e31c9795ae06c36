package firewall

import (
	"fmt"
	"strings"
	"testing"
)

// What is no rule set is an error.
func TestNotRules(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "Permission denied", "-A INPUT -j DROP\n", ":INPUT DROP\n"} {
		if r, err := ParseIPTables([]byte(text)); err == nil {
			t.Errorf("iptables: %q: %+v", text, r)
		}
	}
	for _, text := range []string{"", "[]", "{", `{"nftables":[{"rule":[]}]}`, `{"nftables":[{"chain":7}]}`} {
		if r, err := ParseNFT([]byte(text)); err == nil {
			t.Errorf("nft: %q: %+v", text, r)
		}
	}
}

// Chains that call each other for ever, and twice each time, end, and prove nothing.
func TestRing(t *testing.T) {
	var b strings.Builder
	b.WriteString("*filter\n:INPUT DROP [0:0]\n:a - [0:0]\n:b - [0:0]\n-A INPUT -j a\n")
	for range 3 {
		b.WriteString("-A a -j b\n-A b -j a\n")
	}
	b.WriteString("COMMIT\n")
	r, err := ParseIPTables([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if v := r.Judge(announcement); v.Outcome != Perhaps {
		t.Errorf("%+v", v)
	}
}

// A table that is switched off does nothing; of nft, only newer versions tell.
func TestDormant(t *testing.T) {
	const text = `{"nftables": [{"table": {"family": "ip", "name": "f", "handle": 1%s}},
		{"chain": {"family": "ip", "table": "f", "name": "c", "handle": 1, "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}}]}`
	for flags, want := range map[string]Outcome{"": Drop, `, "flags": ["dormant"]`: Pass, `, "flags": "dormant"`: Pass} {
		r, err := ParseNFT(fmt.Appendf(nil, text, flags))
		if err != nil {
			t.Fatal(err)
		}
		if v := r.Judge(announcement); v.Outcome != want {
			t.Errorf("%q: %+v", flags, v)
		}
	}
}

// Of what both tools tell, the first counts.
func TestMerge(t *testing.T) {
	r, err := ParseIPTables([]byte("*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Empty() {
		t.Error("not empty")
	}
	more, err := ParseNFT([]byte(`{"nftables": [
		{"chain": {"family": "ip", "table": "filter", "name": "INPUT", "handle": 1, "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}},
		{"chain": {"family": "inet", "table": "own", "name": "out", "handle": 1, "type": "filter", "hook": "output", "prio": 0, "policy": "drop"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if more.Judge(announcement).Outcome != Drop {
		t.Error("the second alone does not drop")
	}
	r.Merge(more)
	if v := r.Judge(announcement); v.Outcome != Pass {
		t.Errorf("%+v", v)
	}
	if v := r.Judge(outgoing); v.Outcome != Drop || v.Place.Table != "own" || !v.Place.Policy {
		t.Errorf("%+v", v)
	}
}

func FuzzNFT(f *testing.F) {
	f.Add([]byte(`{"nftables": [{"chain": {"family": "ip", "table": "f", "name": "c", "type": "filter", "hook": "input", "policy": "drop"}},
		{"set": {"family": "ip", "table": "f", "name": "s", "elem": [1, {"range": [2, 3]}, {"elem": {"val": "@s"}}, {"prefix": {"addr": "10.0.0.0", "len": 99}}]}},
		{"rule": {"family": "ip", "table": "f", "chain": "c", "handle": 1, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "udp", "field": "dport"}}, "right": "@s"}}, {"jump": {"target": "c"}}]}},
		{"rule": {"family": "ip", "table": "f", "chain": "c", "handle": 2, "expr": [{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [["new", {"goto": {"target": "c"}}]]}}}]}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := ParseNFT(text); err == nil {
			judgeAll(r)
		}
	})
}

func FuzzIPTables(f *testing.F) {
	f.Add([]byte(ufw))
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := ParseIPTables(text); err == nil {
			judgeAll(r)
		}
	})
}

func judgeAll(r Rules) {
	for _, p := range []Packet{announcement, connection, answer, outgoing, {}} {
		r.Judge(p)
	}
}
