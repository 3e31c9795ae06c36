package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

const largeName = "large"

// past is when sources were last changed: long enough ago to be stable.
var past = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// largeSource is a folder with the large file. It is made once.
func (l *fileLab) largeSource() (string, error) {
	dir := filepath.Join(l.dir, "source-large")
	if l.hasLarge {
		return dir, nil
	}
	l.env.Say("bench: making a file of %s", l.scale.size())
	noise := rand.NewChaCha8([32]byte{1})
	err := write(filepath.Join(dir, largeName), noise, l.scale.large)
	l.hasLarge = err == nil
	return dir, err
}

// manySource is a folder with the small files.
func (l *fileLab) manySource() (string, error) {
	dir := filepath.Join(l.dir, "source-many")
	if l.hasMany {
		return dir, nil
	}
	l.env.Say("bench: making %d files", l.scale.many)
	noise := rand.NewChaCha8([32]byte{2})
	for i := range l.scale.many {
		path := filepath.Join(dir, fmt.Sprintf("folder-%03d", i/100), fmt.Sprintf("file-%05d", i))
		if err := write(path, noise, l.scale.small); err != nil {
			return "", err
		}
	}
	l.hasMany = true
	return dir, nil
}

func write(path string, from io.Reader, size int64) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.CopyN(file, from, size)
	return errors.Join(err, file.Close(), os.Chtimes(path, past, past))
}

// head copies the beginning of the large file.
func head(source, inbox string, octets int64) error {
	file, err := os.Open(filepath.Join(source, largeName))
	if err != nil {
		return err
	}
	defer file.Close()
	return write(filepath.Join(inbox, largeName), file, octets)
}

// settle makes all start alike: with the source in memory, and nothing of earlier measurements on its way to the disk.
func (b *bout) settle(source string) error {
	_ = b.env.Command("sync").Cmd.Run() // where there is none it is a little less alike
	return each(source, func(path, _ string) error {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = io.Copy(struct{ io.Writer }{io.Discard}, file)
		return err
	})
}

// same says whether every file of source is in inbox, with the same content.
func same(source, inbox string) error {
	return each(source, func(path, name string) error {
		equal, err := equal(path, filepath.Join(inbox, name))
		if err == nil && !equal {
			err = fmt.Errorf("%s came with other content", name)
		}
		return err
	})
}

// each visits the files of a folder: where they are, and their names in it.
func each(dir string, visit func(path, name string) error) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		return errors.Join(err, visit(path, name))
	})
}

func equal(one, other string) (bool, error) {
	a, err := os.Open(one)
	if err != nil {
		return false, err
	}
	defer a.Close()
	b, err := os.Open(other)
	if err != nil {
		return false, err
	}
	defer b.Close()
	left, right := make([]byte, 1<<17), make([]byte, 1<<17)
	for {
		n, errA := io.ReadFull(a, left)
		m, errB := io.ReadFull(b, right)
		switch {
		case !bytes.Equal(left[:n], right[:m]):
			return false, nil
		case errA == io.EOF || errA == io.ErrUnexpectedEOF:
			return errA == errB, nil
		case errA != nil || errB != nil:
			return false, errors.Join(errA, errB)
		}
	}
}
