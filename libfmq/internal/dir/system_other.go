//go:build !unix

package dir

import (
	"io/fs"
	"os"
)

const (
	openFile   = os.O_RDONLY
	openFolder = os.O_RDONLY

	noFollow = 0
)

func system(fs.FileInfo) (inode uint64, changed int64) { return 0, 0 }

func otherDevice(_, _ fs.FileInfo) bool { return false }

func noMoreWatches(error) bool { return false }
