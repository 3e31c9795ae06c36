// Package doctor is the tool that tells why nodes do not see each other.
//
// [Examine] looks at this machine and listens to the network for some seconds: it
// fills a [Facts]. [Judge] makes [Finding] values of that, the most likely
// trouble first, and is a pure function. Nothing is changed: the doctor sends
// announcements, connects to who announces itself, and reads.
//
// How to look differs per system and stands in probe_*.go. Linux tells
// everything; elsewhere what the Go library can ask is asked, and what was not
// looked at is told in [Facts.Unseen].
package doctor
