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
	}
}
