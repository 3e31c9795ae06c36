package server

// queue is what has changed and a client still has to get: paths, in order, each once.
type queue struct {
	order   []string
	waiting map[string]wait
}

// wait is what is known of a path that waits. Whether there is a file is looked up when its turn comes.
type wait struct {
	gone  bool // if there is no file, say so
	known Known
}

func (q *queue) len() int { return len(q.order) }

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
		w.gone = w.gone || old.gone
		if !w.known.OK {
			w.known = old.known
		}
	} else {
		q.order = append(q.order, path)
	}
	q.waiting[path] = w
}

// take gives the next path.
func (q *queue) take() (path string, w wait) {
	path = q.order[0]
	q.order = q.order[1:]
	w = q.waiting[path]
	delete(q.waiting, path)
	if len(q.order) == 0 {
		*q = queue{} // give the memory back
	}
	return path, w
}
