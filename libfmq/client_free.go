package fmq

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// FreeTwentieth is a [ClientConfig.KeepFree]: a twentieth of the file system, but no more than 1 GiB.
const FreeTwentieth = -1

// ErrNearlyFull: what comes would leave less of the disk free than [ClientConfig.KeepFree]. It is a syscall.ENOSPC too.
var ErrNearlyFull = fmt.Errorf("the disk is nearly full: %w", syscall.ENOSPC)

// roomy is a store that leaves some of the disk free.
type roomy struct {
	store
	dir  string
	keep int64                                           // as in ClientConfig
	free func(dir string) (free, total int64, err error) // tests: another disk
}

// check refuses to take so many octets more where they would leave too little. What the system does not tell is no reason to refuse.
func (r *roomy) check(octets int64) error {
	free, total, err := r.free(r.dir)
	for dir := r.dir; errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir); { // it is not made yet
		dir = filepath.Dir(dir)
		free, total, err = r.free(dir)
	}
	if err != nil {
		return nil
	}
	keep := r.keep
	if keep == FreeTwentieth {
		keep = min(total/20, 1<<30)
	}
	if free-octets >= keep {
		return nil
	}
	return fmt.Errorf("%w: %s are to come to %s, where %s are free, of which %s are to be left: make room there",
		ErrNearlyFull, size(octets), r.dir, size(free), size(keep))
}

func size(octets int64) string {
	if octets < 10_000_000 {
		return fmt.Sprintf("%d octets", octets)
	}
	return fmt.Sprintf("%d MB", octets/1_000_000)
}

func (r *roomy) Begin(origin, name string, h inbox.Header, offset int64) (file, error) {
	if err := r.check(max(0, h.Size-offset)); err != nil {
		return nil, err
	}
	f, err := r.store.Begin(origin, name, h, offset)
	if err != nil {
		return nil, err
	}
	return &roomyFile{f, r}, nil
}

// roomyFile is a file of a roomy store. How much comes of it is seen only when it comes: its size may be unknown, and others come at the same time.
type roomyFile struct {
	file
	in *roomy
}

func (f *roomyFile) Write(p []byte) error {
	if err := f.in.check(int64(len(p))); err != nil {
		return err
	}
	return f.file.Write(p)
}
