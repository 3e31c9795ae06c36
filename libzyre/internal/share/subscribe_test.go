package share

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/zeromq/gozyre/libfmq"
)

// To be in many groups costs each peer's client a few copies of their list, and not one for each group.
func TestManyGroups(t *testing.T) {
	s := openTest(t, 1)
	var groups []string
	for i := range mostGroups {
		groups = append(groups, fmt.Sprintf("group %d", i))
	}
	client, err := fmq.Dial(t.Context(), fmq.ClientConfig{Inbox: filepath.Join(t.TempDir(), "inbox"), Lazy: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	p := &peer{share: s, groups: map[string]bool{}}
	const most = mostGroups * 2000
	for what, in := range map[string][]string{"joining": groups, "leaving": nil} {
		if what == "leaving" {
			s.Groups(groups)
			p.subscribe(client)
		}
		s.Groups(in)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p.subscribe(client)
		runtime.ReadMemStats(&after)
		if octets := after.TotalAlloc - before.TotalAlloc; octets > most || len(p.groups) != len(in) {
			t.Errorf("%s %d groups takes %d octets, want %d at most; in %d", what, len(groups), octets, most, len(p.groups))
		}
		s.Groups(nil)
		p.subscribe(client)
	}
}
