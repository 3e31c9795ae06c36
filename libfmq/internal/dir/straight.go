package dir

import (
	"fmt"
	"io/fs"
)

// errLink says that a symbolic link is where a file was, or on the way to it: the file is gone, whatever the link leads to.
var errLink = fmt.Errorf("a symbolic link is on the way to it, and is not followed: %w", fs.ErrNotExist)

// statStraight is [os.Stat] that follows no symbolic link.
func statStraight(path string) (fs.FileInfo, error) {
	f, err := openStraight(path, openStat)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Stat()
}
