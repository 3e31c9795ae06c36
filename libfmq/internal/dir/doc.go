// Package dir tells what files there are in a directory, and what becomes of them. It knows no protocol.
//
// [Watch] begins to watch a directory with all that is below it. [Watcher.Patches] gives all stable files first, and then what is
// created, changed or deleted. [Watcher.Open] opens a file in exactly the state that was told, or fails: nobody ever reads a mixture
// of two states without learning it ([Watcher.Same]). [Cache] keeps digests from one run to the next.
//
//	      notifications ─┐
//	scan every Monitor  ─┼─► tree ──► stable? ──► patches
//	     timers at which ─┘   what was seen      what was told
//	a file becomes stable
//
// Notifications of the system make it fast. The scan makes it true: on network mounts, when notifications are lost, and when the system
// has no more of them to give.
//
// # What is offered
//
// Regular files, hidden ones too. A file whose name ends with ".ln" is a portable link: its first line is the path of the file that is
// offered in its place, under the name without ".ln". A symbolic link is followed if it leads to something in the directory, and
// folders are not entered again below themselves. Folders named ".filemq" are private to FILEMQ and left out; and below the folder that one
// is in, files arrive from others: there a portable link is a file as any.
//
// # When it is offered
//
// When it has not been written to for a while (Config.Stable), to the millisecond. A file that is deleted is deleted at once. A
// directory, or a folder in it, that cannot be read says nothing: what it was seen to hold stays offered.
package dir
