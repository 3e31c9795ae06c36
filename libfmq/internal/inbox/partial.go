package inbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	aboutSuffix = ".about"
	aboutFirst  = "gozyre partial 1"
	aboutLast   = "end"
	maxAbout    = 64 << 10 // octets of an about file; origin and name may be four times as long, quoted
	// maxPartialAge is after how long a part that nobody took up is removed: its server will not come back.
	maxPartialAge = 30 * 24 * time.Hour
)

type partialKey struct{ origin, name string }

// partial is a part of a file that waits to be resumed.
type partial struct {
	partialKey
	temp  string
	size  int64
	state state
}

// addPartial takes note of a part. Of two for one file the longer one stays.
func (at *place) addPartial(p *partial) {
	if old := at.partials[p.partialKey]; old != nil {
		if old.size > p.size {
			old, p = p, old
		}
		at.removeTemp(old.temp, true)
	}
	at.partials[p.partialKey] = p
}

func (at *place) removePartial(p *partial) {
	if at.partials[p.partialKey] == p {
		delete(at.partials, p.partialKey)
	}
	at.removeTemp(p.temp, true)
}

// removeTemp removes a temporary file. The about file goes last, so that what is left after a crash is recognised.
func (at *place) removeTemp(temp string, about bool) {
	at.partial.Remove(temp)
	if about {
		at.partial.Remove(temp + aboutSuffix)
	}
}

// writeAbout says whose part a temporary file is. It may be called again after an error.
func (at *place) writeAbout(temp string, key partialKey) error {
	f, err := at.partial.OpenFile(temp+aboutSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(appendAbout(nil, key))
	return errors.Join(err, f.Close())
}

func appendAbout(b []byte, key partialKey) []byte {
	b = append(b, aboutFirst...)
	b = append(b, '\n')
	b = strconv.AppendQuote(b, key.origin)
	b = append(b, '\n')
	b = strconv.AppendQuote(b, key.name)
	b = append(b, '\n')
	b = append(b, aboutLast...)
	return append(b, '\n')
}

// parseAbout reads an about file. A torn one is none.
func parseAbout(b []byte) (partialKey, bool) {
	if len(b) > maxAbout {
		return partialKey{}, false
	}
	lines := bytes.Split(b, []byte("\n"))
	if len(lines) != 5 || string(lines[0]) != aboutFirst || string(lines[3]) != aboutLast || len(lines[4]) != 0 {
		return partialKey{}, false
	}
	origin, ok := unquote(string(lines[1]))
	if !ok {
		return partialKey{}, false
	}
	name, ok := unquote(string(lines[2]))
	if !ok || CheckName(name) != nil {
		return partialKey{}, false
	}
	return partialKey{origin, name}, true
}

// unquote accepts the one form only that AppendQuote writes.
func unquote(s string) (string, bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", false
	}
	t, err := strconv.Unquote(s)
	return t, err == nil
}

func (at *place) readAbout(file string) (partialKey, bool) {
	info, err := at.partial.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxAbout {
		return partialKey{}, false
	}
	f, err := at.partial.Open(file)
	if err != nil {
		return partialKey{}, false
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxAbout+1))
	if err != nil {
		return partialKey{}, false
	}
	return parseAbout(b)
}

// findPartials takes note of what the last run left to be resumed, and removes everything else from the folder.
func (at *place) findPartials(log *slog.Logger) error {
	d, err := at.partial.Open(".")
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	names, err := d.Readdirnames(-1)
	d.Close()
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	keep := map[string]bool{}
	for _, name := range names {
		temp, is := strings.CutSuffix(name, aboutSuffix)
		if !is {
			continue
		}
		key, ok := at.readAbout(name)
		info, err := at.partial.Lstat(temp)
		if ok && err == nil && info.Mode().IsRegular() && info.Size() >= worthKeeping && time.Since(info.ModTime()) < maxPartialAge {
			keep[name], keep[temp] = true, true
			at.addPartial(&partial{partialKey: key, temp: temp, size: info.Size()})
		}
	}
	for _, name := range names {
		if !keep[name] {
			if err := at.partial.RemoveAll(name); err != nil {
				log.Warn("a file of an earlier run cannot be removed", "file", name, "error", err)
			}
		}
	}
	return nil
}

// Forget removes what was kept of files from origin and was not taken up.
func (in *Inbox) Forget(origin string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.at == nil {
		return
	}
	for key, p := range in.at.partials {
		if key.origin == origin {
			in.at.removePartial(p)
		}
	}
}

// sameFile tells whether two descriptions are of one file in one state.
func sameState(a, b fs.FileInfo) bool {
	return keyOf("", a) == keyOf("", b)
}
