package history

// The rules, as they stand in Finding.Rule.
const (
	// RuleOrder: for one peer ENTER comes first and EXIT last, nothing of it is
	// told outside, ENTER is not told twice, SILENT follows EVASIVE, and nothing
	// follows STOP or comes of a node that does not run.
	RuleOrder = "order"
	// RuleStop: a node ends only when it is asked to.
	RuleStop = "stop"
	// RuleExit: a peer that runs and can be reached does not exit. Excused are
	// exits during a disturbance of the two (but see Pause) and Settle after it, those of a peer
	// that has stopped, and those that follow from an EXIT at the other end. ErrLost
	// is excused for longer: a message lost in a disturbance shows when the next
	// one comes.
	RuleExit = "exit"
	// RuleCause: the cause of an EXIT is true. ErrGoodbye is for one that
	// stopped, ErrClosed for one's own end, ErrMisbehaved for no honest peer, and
	// there always is a cause. A disturbance excuses nothing of that.
	RuleCause = "cause"
	// RuleGhost: a peer that stopped does not enter, Settle after that.
	RuleGhost = "ghost"
	// RuleStorm: after a disturbance a peer exits once and enters once at most; two lives that are
	// over within Settle are not counted.
	RuleStorm = "storm"
	// RuleView: who runs and can be reached is told of, and who has stopped is
	// not, Settle after the last change.
	RuleView = "view"
	// RuleLost: a message arrives, unless its call failed, or an EXIT at either
	// end came after it was sent, or one of the two stopped. It is lost when a later
	// one arrives instead, or when it has not come Settle after it was sent.
	RuleLost = "lost"
	// RuleDoubled: no message is told twice.
	RuleDoubled = "doubled"
	// RuleReordered: messages of one node to another are told in the order in
	// which they were sent, whispers and shouts alike.
	RuleReordered = "reordered"
	// RuleStray: a message is told to those to whom it was sent and as what it was
	// sent, as its sender's. A shout is for those that were in the group as told to
	// the sender.
	RuleStray = "stray"
	// RuleUntold: a node takes messages for the peers that it has told of, and
	// for no others.
	RuleUntold = "untold"
	// RuleGroup: JOIN and LEAVE alternate and are true, and SHOUT is told in
	// groups only that the node itself is in.
	RuleGroup = "group"
	// RuleMembers: the groups of each peer, as told, are those that it is in,
	// Settle after the last change.
	RuleMembers = "members"
)
