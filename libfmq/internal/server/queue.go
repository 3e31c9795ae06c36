package server

import "slices"

// queue is what a client still has to get: paths, in order, each once.
type queue struct {
	order   []string
	waiting map[string]wait
	marks   []mark // what to say when so many of order have been taken
	taken   int    // how many have been taken out of order, since it was empty
}

// wait is what is known of a path that waits. Whether there is a file is looked up when its turn comes.
type wait struct {
	gone  bool // if there is no file, say so
	known Known
}

// mark is the end of a resync.
type mark struct {
	at   int
	path string
}

func (q *queue) len() int { return len(q.order) + len(q.marks) }

// add puts a path in, unless it waits already; then what the client was said to have does not count any more, unless it does so anew.
func (q *queue) add(path string, w wait) {
	if q.waiting == nil {
		q.waiting = map[string]wait{}
	}
	if old, ok := q.waiting[path]; ok {
		w.gone = w.gone || old.gone
		if !w.known.OK {
			w.known = old.known
		}
	} else {
		q.order = append(q.order, path)
	}
	q.waiting[path] = w
}

func (q *queue) has(path string) bool {
	_, ok := q.waiting[path]
	return ok
}

// mark notes the end of a resync; an older one of the same path does not count any more.
func (q *queue) mark(path string) {
	q.marks = slices.DeleteFunc(q.marks, func(m mark) bool { return m.path == path })
	q.marks = append(q.marks, mark{q.taken + len(q.order), path})
}

// take gives the next path, or the next mark.
func (q *queue) take() (path string, w wait, synced bool) {
	if len(q.marks) > 0 && q.marks[0].at == q.taken {
		path = q.marks[0].path
		q.marks = q.marks[1:]
		synced = true
	} else {
		path = q.order[0]
		q.order = q.order[1:]
		w = q.waiting[path]
		delete(q.waiting, path)
		q.taken++
	}
	if q.len() == 0 {
		*q = queue{} // give the memory back
	}
	return path, w, synced
}
