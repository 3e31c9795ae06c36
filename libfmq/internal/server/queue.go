package server

import "slices"

// queue is what has changed and a client still has to get: paths, in order, each once.
type queue struct {
	order   []string // those that do not wait any more are passed over
	waiting map[string]wait
}

// spareOrder is how many paths of order may wait no more, beyond as many as do.
const spareOrder = 1000

// wait is what is known of a path that waits. Whether there is a file is looked up when its turn comes.
type wait struct {
	gone  bool // if there is no file, say so
	fresh bool // there was none when it was put in, as far as the client knows
	known Known
	tries int // how often it could not be read
}

func (q *queue) len() int { return len(q.waiting) }

func (q *queue) has(path string) bool {
	_, ok := q.waiting[path]
	return ok
}

// add puts a path in. If it waits already it keeps its place, and what the client was said to have of it.
func (q *queue) add(path string, w wait) {
	if q.waiting == nil {
		q.waiting = map[string]wait{}
	}
	if old, ok := q.waiting[path]; ok {
		w.gone, w.fresh = w.gone || old.gone, old.fresh
		if !w.known.OK {
			w.known = old.known
		}
	} else {
		q.order = append(q.order, path)
	}
	q.waiting[path] = w
}

// remove takes a path out.
func (q *queue) remove(path string) {
	delete(q.waiting, path)
	if len(q.order) > 2*len(q.waiting)+spareOrder {
		q.order = slices.DeleteFunc(q.order, func(path string) bool { return !q.has(path) })
	}
}

// take gives the next path. There must be one.
func (q *queue) take() (path string, w wait) {
	for ok := false; !ok; {
		path = q.order[0]
		q.order = q.order[1:]
		w, ok = q.waiting[path]
	}
	delete(q.waiting, path)
	if len(q.waiting) == 0 {
		*q = queue{} // give the memory back
	}
	return path, w
}
