package groups

// Status counts the joins and leaves of one node: 0 at birth, one more with
// each change, rolling over after 255 (ZRE/2, JOIN and LEAVE).
type Status uint8

// Next is the status after one more change.
func (s Status) Next() Status { return s + 1 }

// Follows reports whether s is the status after one change from before. Some
// peers (zyre.js) count modulo 255 and go from 254 to 0; that is tolerated.
func (s Status) Follows(before Status) bool {
	return s == before.Next() || s == 0 && before == 254
}
