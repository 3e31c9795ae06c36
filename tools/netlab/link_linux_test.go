package netlab

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

// hears says whether the host gets an answer from there.
func hears(t *testing.T, h *Host, address string) {
	t.Helper()
	if got, err := ask(h, self(t), address); err != nil || got != "hello\n" {
		t.Errorf("%s asks %s: %q, %v", h.Name(), address, got, err)
	}
}

// deaf says that the host gets none: nobody has that address, or no packet comes through.
func deaf(t *testing.T, h *Host, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if out, err := as("ask", h.Command(ctx, self(t), address)).CombinedOutput(); err == nil {
		t.Errorf("%s asks %s: %q", h.Name(), address, out)
	}
}

// A host gets another address, its cable is pulled, put back, and put into another switch.
//
//	alice eth0 10.77.0.1 ── lan
//	bob   eth0 10.77.0.2 ── lan, then other
//	carol eth0 10.77.0.3 ── other
func TestMoving(t *testing.T) {
	lab := New(t)
	lan, other := lab.Switch("lan"), lab.Switch("other")
	alice, bob, carol := lab.Host("alice"), lab.Host("bob"), lab.Host("carol")
	alice.Plug(lan, "eth0", "10.77.0.1/24")
	cable := bob.Plug(lan, "eth0", "10.77.0.2/24")
	carol.Plug(other, "eth0", "10.77.0.3/24")
	echo(t, bob)
	hears(t, alice, "10.77.0.2:7007")

	cable.Readdress("10.77.0.9/24")
	if cable.Addr().String() != "10.77.0.9" {
		t.Errorf("the link is at %v", cable.Prefix)
	}
	hears(t, alice, "10.77.0.9:7007")
	deaf(t, alice, "10.77.0.2:7007")

	cable.Unplug()
	if out := bob.Output("ip", "-o", "link", "show", "dev", "eth0"); !strings.Contains(out, "NO-CARRIER") || !strings.Contains(out, "UP") {
		t.Errorf("after Unplug: %s", out)
	}
	deaf(t, alice, "10.77.0.9:7007")
	cable.Replug()
	hears(t, alice, "10.77.0.9:7007")

	cable.Move(other)
	hears(t, carol, "10.77.0.9:7007")
	deaf(t, alice, "10.77.0.9:7007")
}

// alice eth0 10.1.0.1 ── 10.1.0.254 eth0 router eth1 10.2.0.254 ── 10.2.0.1 eth0 bob
func TestRouter(t *testing.T) {
	lab := New(t)
	alice, router, bob := lab.Host("alice"), lab.Host("router"), lab.Host("bob")
	a, left := lab.Wire(alice, "eth0", "10.1.0.1/24", router, "eth0", "10.1.0.254/24")
	right, b := lab.Wire(router, "eth1", "10.2.0.254/24", bob, "eth0", "10.2.0.1/24")
	router.Route()
	a.Gateway(left.Addr())
	b.Gateway(right.Addr())
	echo(t, bob)
	hears(t, alice, "10.2.0.1:7007")
}

// alice eth0 10.77.0.1 ──── eth0 10.77.0.2 bob
func TestLose(t *testing.T) {
	lab := New(t)
	alice, bob := lab.Host("alice"), lab.Host("bob")
	lab.Wire(alice, "eth0", "10.77.0.1/24", bob, "eth0", "10.77.0.2/24")
	const sent = 200
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	lost := bob.Lose(In, "udp dport 7007", 50)
	arrived := bob.Count(In, "udp dport 7007")
	to := slices.Repeat([]string{"10.77.0.2:7007"}, sent)
	as("send", alice.Command(ctx, self(t), to...)).Run()                            // who listens to nobody is told so: it fails
	if l, a := lost.Packets(), arrived.Packets(); l+a != sent || l < 40 || a < 40 { // else by chance: one in 10^16
		t.Errorf("of %d packets %d were lost and %d arrived, not about half", sent, l, a)
	}
}
