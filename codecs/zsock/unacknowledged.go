package zsock

import "time"

// Unacknowledged is for how long the other end's system has acknowledged nothing (TCP's acknowledgements, which no program has
// to wake up for) although something that was sent to it is outstanding. 0 means that nothing is outstanding, or that there is no
// connection; a negative value that it is not known: zmtp knows it on Linux, and of connections within the machine; libzmq never
// does. A listener that is slow but alive acknowledges, and so does one whose buffers are full. What a link has queued and not begun
// to write does not count. It asks the system and does not block; it is exact to about 100 ms.
//
// Draft: may change.
func Unacknowledged(l Link) time.Duration {
	if l, ok := l.(interface{ Unacknowledged() time.Duration }); ok {
		return l.Unacknowledged()
	}
	return -1
}
