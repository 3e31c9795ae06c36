package zsock

// Missed is how many messages a Pub's link has dropped because its subscriber, who wanted them, took too few; negative when that is
// not known. Messages that nobody wanted, and what was on its way when a connection broke, do not count.
//
// Draft: may change.
func Missed(l Link) int64 {
	if l, ok := l.(interface{ Missed() int64 }); ok {
		return l.Missed()
	}
	return -1
}
