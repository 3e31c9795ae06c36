// Package share is a node's files: it offers what the node publishes through one
// FileMQ server, and fetches what each peer with the header X-FILEMQ offers
// through one FileMQ client, into a folder of that peer's own. It is the only
// importer of libfmq in this module.
//
// The node's goroutine tells it of peers and groups (Enter, Exit, Groups, Move), which
// waits neither for the network nor for the disk, and takes what there is to tell (Ready,
// Take). Publish and its like are called from any goroutine, and wait for the disk.
//
// A file published as "a/b" is at the virtual path /a/b; for a group it is below
// GroupPath, apart from what everybody gets. (rfcs/zre, 10.1)
package share
