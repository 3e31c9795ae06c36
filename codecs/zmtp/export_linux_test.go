package zmtp

import "github.com/zeromq/gozyre/codecs/zsock"

// Asleep is how many connections of a set sleep.
func Asleep(set zsock.Sockets) (n int) {
	s := &set.(*sockets).sleepers
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.beds {
		if c != nil && c.asleep.Load() {
			n++
		}
	}
	return n
}

// Rouse takes away what a set's sleepers are woken by, as if the system had none.
func Rouse(set zsock.Sockets) {
	s := &set.(*sockets).sleepers
	s.mu.Lock()
	defer s.mu.Unlock()
	s.file.Close()
}

// Woken is how often connections of a set were woken by what came.
func Woken(set zsock.Sockets) int {
	s := &set.(*sockets).sleepers
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.woke
}

// Beds is how many numbers a set's sleepers have ever had at once.
func Beds(set zsock.Sockets) int {
	s := &set.(*sockets).sleepers
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.beds)
}
