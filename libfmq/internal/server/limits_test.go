package server

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// How many paths a client may subscribe to, and how long they may be in all. To say one again costs nothing.
func TestSubscriptionsAreBounded(t *testing.T) {
	for what, path := range map[string]func(i int) string{
		"number": func(i int) string { return fmt.Sprintf("/%04d", i) },
		"octets": func(i int) string { return fmt.Sprintf("/%04d%s", i, strings.Repeat("x", maxPaths/32-5)) },
	} {
		s := &stage{t: t, now: time.Unix(0, 0).UTC(), sources: map[string]*source{}, turns: map[string]*Turn{}}
		s.start()
		most := map[string]int{"number": maxSubscriptions, "octets": 32}[what]
		s.message("C", []string{"OHAI"})
		for i := range most {
			s.message("C", []string{"ICANHAZ", "path=" + path(i)})
		}
		s.message("C", []string{"ICANHAZ", "path=" + path(0)})
		if got := strings.Count(s.said.String(), "to C: ICANHAZ-OK\n"); got != most+1 {
			t.Errorf("%s: %d are confirmed, want %d", what, got, most+1)
		}
		s.said.Reset()
		s.message("C", []string{"ICANHAZ", "path=" + path(most)})
		if got := s.said.String(); !strings.HasPrefix(got, "to C: SRSLY") && !strings.HasPrefix(got, "to C: RTFM") {
			t.Errorf("%s: one more is answered by %.100q", what, got)
		}
		s.message("C", []string{"OHAI"})
		s.said.Reset()
		for i := range 2 * most {
			s.message("C", []string{"ICANHAZ", "path=" + path(i)})
			s.message("C", []string{"ICANHAZ", "path=" + path(i), "UNSUBSCRIBE=1"})
		}
		if got := strings.Count(s.said.String(), "to C: ICANHAZ-OK\n"); got != 4*most {
			t.Errorf("%s, one after the other: %d are confirmed, want %d", what, got, 4*most)
		}
	}
}

// What is held for receipts does not grow: neither by what will not be sent, nor by what comes while it is sent.
func TestReceiptsAreBounded(t *testing.T) {
	s := &stage{t: t, now: time.Unix(0, 0).UTC(), sources: map[string]*source{}, turns: map[string]*Turn{}}
	s.start()
	for _, line := range []string{"mount m / a:1 b:2", "C: OHAI", "C: ICANHAZ path=/ RESYNC=1 RESUME=", "C: NOM credit=1000"} {
		s.input(strings.Fields(line))
	}
	c := s.core.clients[0]
	for i := range 2 * maxEarly {
		s.input([]string{"C:", "NOM", "credit=0", fmt.Sprint("sequence=", 1+i)})
	}
	if len(c.early) != maxEarly {
		t.Errorf("%d sequences are held", len(c.early))
	}
	s.input([]string{"C:", "ICANHAZ", "path=/", "UNSUBSCRIBE=1"})
	if s.input([]string{"over", "C"}); len(c.early)+len(c.unreceipted)+len(c.ends) != 0 {
		t.Errorf("%d, %d, %d are held", len(c.early), len(c.unreceipted), len(c.ends))
	}
}
