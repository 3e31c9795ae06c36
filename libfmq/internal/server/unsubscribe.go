package server

import "slices"

// unsubscribe ends a subscription, if there is one (6.8). What only it covered is not sent any more.
func (a *client) unsubscribe(i int) {
	if i < 0 {
		return
	}
	a.unlist(a.subscriptions[i])
	a.paths -= len(a.subscriptions[i].path)
	a.subscriptions = slices.Delete(a.subscriptions, i, i+1)
	rest := a.scope()
	for path := range a.queue.waiting {
		if !rest.covers(path) {
			a.queue.remove(path)
		}
	}
	a.again = slices.DeleteFunc(a.again, func(i Item) bool { return !rest.covers(i.Path) })
	for path, sequence := range a.unreceipted {
		if sequence == 0 && !rest.covers(path) {
			delete(a.unreceipted, path)
		}
	}
	for _, t := range []*Turn{a.turn, a.left} {
		if t != nil {
			t.withdraw(func(i *Item) bool {
				return i.Synced && !slices.Contains(rest.paths, i.Path) || !i.Synced && !rest.covers(i.Path)
			})
		}
	}
}
