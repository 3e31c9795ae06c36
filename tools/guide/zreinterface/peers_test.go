package zreinterface

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestExpiry(t *testing.T) {
	const silence = 5 * time.Second
	known := peers{}
	start := time.Now()
	a, b := uuid.New(), uuid.New()

	if !known.heard(a, start) || known.heard(a, start.Add(time.Second)) {
		t.Error("a peer joins with its first sign of life, and with no other")
	}
	known.heard(b, start.Add(3*time.Second))
	for _, step := range []struct {
		at   time.Duration
		left []uuid.UUID
	}{
		{6*time.Second - 1, nil},
		{6 * time.Second, []uuid.UUID{a}},
		{6 * time.Second, nil},
		{8 * time.Second, []uuid.UUID{b}},
	} {
		left := known.expire(start.Add(step.at), silence)
		if len(left) != len(step.left) || len(left) == 1 && left[0] != step.left[0] {
			t.Errorf("after %v left %v, want %v", step.at, left, step.left)
		}
	}
	if !known.heard(a, start.Add(9*time.Second)) {
		t.Error("a peer that has left can join again")
	}
}

func TestTooManyPeers(t *testing.T) {
	known := peers{}
	now := time.Now()
	for range maxPeers {
		if !known.heard(uuid.New(), now) {
			t.Fatal("refused before it was full")
		}
	}
	if known.heard(uuid.New(), now) || len(known) != maxPeers {
		t.Errorf("%d peers, at most %d are kept", len(known), maxPeers)
	}
	if left := known.expire(now.Add(time.Hour), time.Second); len(left) != maxPeers {
		t.Errorf("%d left, want all", len(left))
	}
}
