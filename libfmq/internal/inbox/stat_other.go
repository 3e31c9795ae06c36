//go:build !unix

package inbox

import "io/fs"

// hasModes tells whether files have permission bits.
const hasModes = false

func inode(fs.FileInfo) uint64 { return 0 }
