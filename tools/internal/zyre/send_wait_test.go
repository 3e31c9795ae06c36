package zyre

import (
	"context"
	"strings"
	"testing"
	"time"
)

// Who takes no files keeps nobody waiting; who takes them is waited for, and the
// user is told.
func TestSendOnceWaits(t *testing.T) {
	run, _ := sending(t, SendOptions{Once: true})
	_, talk, err := play(t, run, false, func(s *stage) {
		s.comes("b\x1b", id(2))
		for i := range byte(20) {
			s.tell(enter("chat", id(100+i)))
			time.Sleep(settle / 2)
		}
		s.has("b\x1b", id(2))
		for i := range byte(20) {
			s.tell(enter("chat", id(150+i)))
			time.Sleep(settle / 2)
			if s.ended() {
				return
			}
		}
		t.Error("it does not end")
		s.leave()
	})
	if err != nil || strings.Count(talk, "waiting for ") != 1 || !strings.Contains(talk, `* waiting for b\x1b: not all of it is there yet`) {
		t.Error(err, talk)
	}
}

// On a terminal it is told again and again whom it waits for, and for how long; elsewhere once.
func TestSendOnceReminds(t *testing.T) {
	for terminal, times := range map[bool]int{true: 5, false: 0} {
		run, _ := sending(t, SendOptions{Once: true, For: time.Minute})
		_, talk, err := play(t, func(ctx context.Context, n source, b *board) error {
			b.terminal = terminal
			return run(ctx, n, b)
		}, false, func(s *stage) {
			s.comes("bob", id(2))
			time.Sleep(time.Minute)
		})
		if err == nil || strings.Count(talk, "* waiting for bob: ") != 1 || strings.Count(talk, "* still waiting for bob, for ") != times ||
			strings.Contains(talk, "* still waiting for bob, for 15 s now\n") != terminal {
			t.Error(terminal, err, talk)
		}
	}
}
