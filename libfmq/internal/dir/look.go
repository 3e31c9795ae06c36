package dir

import "strings"

// Look is what [Watcher.Look] has seen.
type Look struct {
	Patches []Patch // all that is to be told by now, in order; a name may be twice
	Offered bool    // there is a file under the name, and its present state is on offer
}

// look is a call of Look.
type look struct {
	name  string
	reply chan Look // it has room
}

// Look looks at a name now, without a notification and without a scan. What is to be told comes at once, and not by Patches: so whoever calls it
// must be who reads Patches. The name is as it is offered: clean, relative, with slashes. After Close there is nothing.
func (w *Watcher) Look(name string) Look {
	l := look{name, make(chan Look, 1)}
	select {
	case w.looks <- l:
		return <-l.reply
	case <-w.done:
		return Look{}
	}
}

// look looks at a name; batch was made and not taken yet.
func (w *Watcher) look(name string, batch []Patch) Look {
	offered := w.tree.enter() && w.tree.see(name)
	return Look{append(batch, w.take()...), offered}
}

// see looks at a name, and takes in the folders that it is in where they are new. It tells whether the file there is on offer.
func (t *tree) see(name string) bool {
	d := t.root
	for {
		base, rest, deeper := strings.Cut(name, "/")
		if !deeper {
			t.look(d, base)
			return d.file(base) != nil && t.unstable[d.under(base)] == nil
		}
		if d.subs[base] == nil {
			t.look(d, base) // what else is in a new folder comes later
		}
		if d = d.subs[base]; d == nil {
			return false
		}
		name = rest
	}
}
