package fmq

import "time"

// EventType tells what an [Event] is about.
type EventType uint8

// What a client tells. Path is the file's full virtual path, Name its name in the inbox.
const (
	Connected EventType = iota + 1 // the server has let us in: Server
	Lost                           // the server is gone, or cannot be reached: Server, Cause. The client goes on trying, and says so once
	Denied                         // the server refuses us, and is not asked again before the user calls Connect: Server, Cause
	Synced                         // everything that was to be had below a path subscribed to with Resync is here: Server, Path
	Progress                       // a part of a file has arrived: Path, Name, Size (0: unknown), Done, Sent. At most ten a second of a file
	Deliver                        // a file is here, whole, checked and under its name: Path, Name, File, Size, Sent, Digest
	Delete                         // a file was deleted: Path, Name, File
	Refused                        // a file could not be taken, the rest goes on: Path, Name, Cause
	Blocked                        // the disk takes nothing (it is full, for instance): Cause. The client waits and tries again
)

// String gives the type's name in lower case.
func (t EventType) String() string {
	names := [...]string{"invalid", "connected", "lost", "denied", "synced", "progress", "deliver", "delete", "refused", "blocked"}
	if int(t) >= len(names) {
		t = 0
	}
	return names[t]
}

// Event is something that happened to a client. Fields that do not concern its type are empty.
type Event struct {
	Type   EventType // what happened
	Server string    // endpoint of the server that it is about
	Path   string    // full virtual path: begins with "/"
	Name   string    // name in the inbox, relative, with slashes
	File   string    // where the file is: the inbox and the name
	Size   int64     // octets of the file
	Done   int64     // octets of it that are here
	Sent   int64     // octets of it that came over the network since it began; less than Size where a part was here before
	Digest []byte    // SHA-1 of the content
	Cause  error     // why
	Time   time.Time // when
}
