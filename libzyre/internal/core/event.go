package core

import (
	"errors"
	"time"
)

// ID is a node's UUID.
type ID = [16]byte

// EventType says what an Event tells.
type EventType uint8

// The event vocabulary of every Zyre.
const (
	Enter EventType = iota + 1
	Evasive
	Silent
	Exit
	Join
	Leave
	Leader
	Whisper
	Shout
	Stop
	Deliver // from here on: told by package share, not by the core
	Progress
	Refused
	Sent
)

var eventNames = [...]string{"NONE", "ENTER", "EVASIVE", "SILENT", "EXIT", "JOIN", "LEAVE", "LEADER", "WHISPER", "SHOUT", "STOP", "DELIVER", "PROGRESS", "REFUSED", "SENT"}

func (t EventType) String() string {
	if int(t) >= len(eventNames) {
		t = 0
	}
	return eventNames[t]
}

// Event is what the application is told.
type Event struct {
	Type    EventType
	Peer    ID
	Name    string
	Addr    string
	Headers map[string]string
	Group   string
	Msg     [][]byte
	Cause   error
	Time    time.Time
	File    *File // of Deliver, Progress, Refused, Sent
}

// File is what an event tells of a file.
type File struct {
	Path   string // virtual name
	Local  string // where it is here
	Size   int64
	Done   int64
	Digest []byte
}

// Errors that the application meets; package zyre documents and exports them.
var (
	ErrClosed      = errors.New("the node is closed")
	ErrUnknownPeer = errors.New("no such peer is present")
	ErrBlocked     = errors.New("the peer takes no messages")
	ErrInvalid     = errors.New("invalid")
	ErrGoodbye     = errors.New("it said goodbye")
	ErrExpired     = errors.New("nothing was heard from it for too long")
	ErrLost        = errors.New("messages from it were lost")
	ErrRestarted   = errors.New("it began anew")
	ErrReplaced    = errors.New("another peer is at its address now")
	ErrUnreachable = errors.New("its connection broke and it does not answer")
	ErrMoved       = errors.New("it is at another address now")
	ErrMisbehaved  = errors.New("it claims more than a node can hold")
)
