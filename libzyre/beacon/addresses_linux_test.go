package beacon

import (
	"fmt"
	"net"
	"slices"
	"testing"
)

// The addresses have to be those that package net reads.
func TestAddressesAreThoseOfTheSystem(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	cable(t)
	ip(t, "address add 10.78.0.1/20 dev b0")
	ip(t, "address add 10.79.0.1 peer 10.79.0.2/24 dev b0")
	ip(t, "address add 2001:db8::1/64 dev b0")
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	found, err := addresses(all)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, ifi := range all {
		want, err := ifi.Addrs()
		if err != nil {
			t.Fatal(err)
		}
		got := found[ifi.Index]
		text := func(a []net.Addr) []string {
			var s []string
			for _, x := range a {
				s = append(s, fmt.Sprint(x))
			}
			slices.Sort(s)
			return s
		}
		if !slices.Equal(text(got), text(want)) {
			t.Errorf("%s: %v, want %v", ifi.Name, got, want)
		}
		n += len(got)
	}
	if n < 5 {
		t.Errorf("%d addresses", n)
	}
}
