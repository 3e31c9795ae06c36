package zsock

// Stats are counters since Open, and gauges of now.
type Stats struct {
	Sent     uint64 // messages that Send accepted
	Received uint64 // messages put into the inbox
	Dropped  uint64 // messages dropped because they exceed MaxFrames or MaxMessage, or because nobody wants them
	Full     uint64 // times that the queue to a peer became full
	Lost     uint64 // messages in the transport's hands when their connection broke, as far as the transport knows
	Refused  uint64 // connections to listeners that ended before they were admitted, as far as the transport knows
	Taken    uint64 // among them: connections under an identity that somebody else was using
	Crowded  uint64 // among them: connections beyond Connections or ConnectionsPerAddress
	Swollen  uint64 // connections ended for UnfinishedOctets
	Clogged  uint64 // times that a Send met QueuedOctets and not the bounds of its own queue

	Sockets     int   // open sockets
	Connections int   // admitted connections to listeners
	Handshakes  int   // connections to listeners that are in their handshake
	Unfinished  int64 // octets of messages that have not wholly arrived
	Queued      int64 // octets queued for peers
	Waiting     int   // events in the inbox
}
