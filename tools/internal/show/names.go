package show

import "github.com/zeromq/gozyre/libzyre"

// tagDigits is how many digits of a UUID tell two peers of one name apart.
const tagDigits = 6

// Tagged returns a peer's name with the first digits of its UUID, such as
// bob#1A2B3C: it tells peers of one name apart.
func Tagged(name string, id zyre.UUID) string {
	return Text(name) + "#" + id.String()[:tagDigits]
}

// Names knows which names are shared by several peers that are present, so
// that each can be shown as itself. Names need not be unique, and a name that
// looks like another on the screen is the same here. The zero value is ready.
type Names struct {
	byPeer map[zyre.UUID]string
	count  map[string]int
}

// Add notes a peer that has come.
func (n *Names) Add(name string, id zyre.UUID) {
	if n.byPeer == nil {
		n.byPeer, n.count = map[zyre.UUID]string{}, map[string]int{}
	}
	n.Remove(id)
	n.byPeer[id] = Text(name)
	n.count[Text(name)]++
}

// Remove notes that a peer has left.
func (n *Names) Remove(id zyre.UUID) {
	name, known := n.byPeer[id]
	if !known {
		return
	}
	delete(n.byPeer, id)
	if n.count[name]--; n.count[name] == 0 {
		delete(n.count, name)
	}
}

// Count returns how many peers appear under the name.
func (n *Names) Count(name string) int { return n.count[Text(name)] }

// Of returns how a peer is shown: by its name, Tagged if others share it.
func (n *Names) Of(name string, id zyre.UUID) string {
	if n.Count(name) > 1 {
		return Tagged(name, id)
	}
	return Text(name)
}
