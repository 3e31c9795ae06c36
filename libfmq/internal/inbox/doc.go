// Package inbox keeps received files on disk: their names, what has come of them so far, and their way to a place under their name.
// It knows no protocol.
//
// A file is received into the inbox's own folder ".filemq" and renamed when it is whole and checked, so that nobody ever sees a part of
// it under its name (rfcs/filemq, 5.6). Everything is opened through [os.Root]: neither a name nor a link that somebody has planted leads
// out of the inbox, and links on the way to a file are refused even when they stay inside.
//
// What lies in ".filemq":
//
//	lock            held by the one process that uses the inbox
//	index           what came from whom, a line for each event; see record.go
//	digests         of files that did not come through the inbox; a [dir.Cache]
//	partial/x       a file that is being received, or waits to be resumed
//	partial/x.about from whom it comes and its name, once there are more than 64 KB of it; a file without is removed by Open
//
// Nothing is synced: what survives is a crash of the process at any moment, not that of the machine.
package inbox
