package fileio

import (
	"context"
	"iter"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// end is one of the two that talk.
type end struct {
	ctx   context.Context
	inbox *zsock.Inbox
}

// Events yields what happens, until the program ends.
func (e *end) Events() iter.Seq[zsock.Event] {
	return func(yield func(zsock.Event) bool) {
		for batch := []zsock.Event(nil); ; {
			select {
			case <-e.inbox.Ready():
			case <-e.ctx.Done():
				return
			}
			batch = e.inbox.Take(batch)
			for _, event := range batch {
				if !yield(event) {
					return
				}
			}
		}
	}
}
