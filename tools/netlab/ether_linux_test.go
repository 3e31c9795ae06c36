package netlab

import (
	"slices"
	"testing"
	"time"
)

// alice eth0 10.77.0.1 ──┐
//
//	ether
//
// bob   eth0 10.77.0.2 ──┘
func TestEther(t *testing.T) {
	lab := New(t)
	ether := lab.Ether("ether")
	alice, bob := lab.Host("alice"), lab.Host("bob")
	alice.Tap(ether, "eth0", "10.77.0.1/24")
	cable := bob.Tap(ether, "eth0", "10.77.0.2/24")
	echo(t, bob)
	sent, came := alice.Count(Out, "udp dport 7007"), bob.Count(In, "udp dport 7007")
	hear := func(address string) time.Duration {
		t.Helper()
		begin := time.Now()
		if got, err := ask(alice, self(t), address+":7007"); err != nil || got != "hello\n" {
			t.Fatalf("%s: %q, %v", address, got, err)
		}
		return time.Since(begin)
	}
	hear("10.77.0.2")
	cable.Cut()
	cable.Restore()
	hear("10.77.0.2")
	ether.Unplug(cable)
	if _, err := as("send", alice.Command(t.Context(), self(t), "10.77.0.2:7007")).CombinedOutput(); err != nil {
		t.Fatal(err)
	}
	ether.Replug(cable)
	hear("10.77.0.2") // comes behind the one that was lost
	if s, c := sent.Packets(), came.Packets(); s <= c {
		t.Errorf("%d datagrams were sent, and %d came, without a cable too", s, c)
	}
	// There and back: it cannot be faster than that.
	const delay = 60 * time.Millisecond
	ether.Delay(delay)
	if took := hear("10.77.0.2"); took < 2*delay {
		t.Errorf("an answer took %v, with a delay of %v", took, delay)
	}
}

// What is broadcast goes to all others, and what is for one host to that, once it was heard of.
func TestEtherRoute(t *testing.T) {
	a, b, c := &port{}, &port{}, &port{}
	e := &Ether{ports: []*port{a, b, c}, known: map[[6]byte]*port{}}
	const broadcast, one, two = "\xff\xff\xff\xff\xff\xff", "\x02AAAAA", "\x02BBBBB"
	for _, step := range []struct {
		from  *port
		frame string
		want  []*port
	}{
		{a, broadcast + one, []*port{b, c}},
		{b, one + two, []*port{a}},
		{a, two + one, []*port{b}},
		{a, "\x02CCCCC" + one, []*port{b, c}},
		{c, one + one, []*port{c}}, // one has moved: c tells so itself
		{b, one + two, []*port{c}},
	} {
		if got := e.route(step.from, []byte(step.frame)); !slices.Equal(got, step.want) {
			t.Errorf("%q goes to %d hosts", step.frame, len(got))
		}
	}
}
