package netlab

import "testing"

// alice eth0 10.77.0.1 ──┐
//
//	lan
//
// bob   eth0 10.77.0.2 ──┘
func TestIsolate(t *testing.T) {
	lab := New(t)
	lan := lab.Switch("lan")
	alice, bob := lab.Host("alice"), lab.Host("bob")
	alice.Plug(lan, "eth0", "10.77.0.1/24")
	bob.Plug(lan, "eth0", "10.77.0.2/24")
	echo(t, bob)
	if got, err := ask(alice, self(t), "10.77.0.2:7007"); err != nil || got != "hello\n" {
		t.Fatalf("before: %q, %v", got, err)
	}
	lan.Isolate()
	one, all := bob.Count(In, "ip daddr 10.77.0.2 udp dport 7007"), bob.Count(In, "ip daddr 10.77.0.255 udp dport 7007")
	// What is for one goes first: it would be there, when what is for all is.
	if out, err := as("send", alice.Command(t.Context(), self(t), "10.77.0.2:7007", "10.77.0.255:7007")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for all.Packets() == 0 {
		if t.Context().Err() != nil {
			t.Fatal("broadcasts do not pass")
		}
	}
	if n := one.Packets(); n != 0 {
		t.Errorf("%d packets for one host passed", n)
	}
}
