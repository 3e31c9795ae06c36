package share

import (
	"testing"

	"github.com/zeromq/gozyre/libfmq"
)

// What a client has told of before its peer left is passed on, and it is not followed as long as it goes on.
func TestPassLast(t *testing.T) {
	const room = 4
	events := make(chan fmq.Event, room)
	for range room {
		events <- fmq.Event{Path: "/before"}
	}
	told := 0
	passLast(events, func(e fmq.Event) {
		if told++; e.Path != "/before" || told > room {
			t.Fatalf("number %d is %v", told, e.Path)
		}
		events <- fmq.Event{Path: "/after"} // it goes on storing
	})
	if told != room {
		t.Errorf("%d were told, want %d", told, room)
	}
	close(events)
	passLast(events, func(fmq.Event) { told++ })
	passLast(events, func(fmq.Event) { told++ })
	passLast(make(chan fmq.Event, room), func(fmq.Event) { told++ })
	if told != 2*room {
		t.Errorf("%d were told, want %d", told, 2*room)
	}
}
