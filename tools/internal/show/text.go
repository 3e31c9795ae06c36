// Package show turns what came from the network into what a terminal or a
// script may see.
//
// A peer may send any octets. Whatever this package returns holds none that
// could move a cursor, forge a line or hide text.
package show

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns text with everything in it visible: control characters, line
// ends, characters that change the direction of writing and octets that are
// not UTF-8 appear as \n, \x1b, \u202e and the like. Ordinary text of any
// language comes back as it is. The result is safe on a terminal.
func Text(text string) string {
	if clean(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case visible(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += size
	}
	return b.String()
}

func clean(text string) bool {
	for _, r := range text {
		// RuneError stands for an octet that is not UTF-8 and, harmlessly,
		// for U+FFFD itself: the careful way handles both.
		if r == utf8.RuneError || !visible(r) {
			return false
		}
	}
	return true
}

// visible tells whether a terminal shows r as a glyph and does nothing else.
// The two joiners are invisible but part of how emoji and several scripts are
// written.
func visible(r rune) bool {
	const zwnj, zwj = '\u200c', '\u200d'
	return unicode.IsGraphic(r) && r != '\u2028' && r != '\u2029' || r == zwnj || r == zwj
}

// Frames returns the frames of a message as one line of visible text: frames
// are separated by " | ". A limit above zero bounds the octets looked at: the
// rest is only counted.
func Frames(msg [][]byte, limit int) string {
	var b strings.Builder
	left := 0
	for i, frame := range msg {
		if i > 0 {
			b.WriteString(" | ")
		}
		if limit > 0 && b.Len()+len(frame) > limit {
			keep := max(0, limit-b.Len())
			for keep > 0 && keep < len(frame) && !utf8.RuneStart(frame[keep]) {
				keep--
			}
			b.WriteString(Text(string(frame[:keep])))
			for _, rest := range msg[i:] {
				left += len(rest)
			}
			fmt.Fprintf(&b, " … (%d octets more)", left-keep)
			break
		}
		b.WriteString(Text(string(frame)))
	}
	return b.String()
}

// Plural is how many of something there are: 1 file, 2 files.
func Plural[N int | int64](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// FileError is what the system says of a file, without the name of the system
// call, and safe on a terminal.
func FileError(file string, err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		err = of.Err
	}
	return fmt.Errorf("%s: %w", Text(file), err)
}
