package zpl

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// units of sizes, those of two first: a size is written in the largest
// that it is a whole number of.
var units = []struct {
	name   string
	octets uint64
}{
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3},
	{"B", 1},
}

var errSize = errors.New("a size is a whole number of octets, such as 4096, 256KiB or 4MB (KiB is 1024, kB is 1000)")

// parseSize reads a number with an optional unit.
func parseSize(text string) (uint64, error) {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	unit := text[len(digits):]
	number, err := strconv.ParseUint(strings.TrimRight(digits, blanks), 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, strconv.ErrRange
	}
	if err != nil {
		return 0, errSize
	}
	if unit == "" {
		return number, nil
	}
	for _, u := range units {
		if !strings.EqualFold(u.name, unit) {
			continue
		}
		high, low := bits.Mul64(number, u.octets)
		if high != 0 {
			return 0, strconv.ErrRange
		}
		return low, nil
	}
	return 0, errSize
}

func formatSize(n uint64) string {
	for _, u := range units[:len(units)-1] {
		if n != 0 && n%u.octets == 0 {
			return strconv.FormatUint(n/u.octets, 10) + u.name
		}
	}
	return strconv.FormatUint(n, 10)
}

var errDuration = errors.New("a duration is a number of seconds, or numbers with units, such as 250ms, 1.5s or 1h30m")

// parseDuration reads what Go reads, and a number alone as seconds.
func parseDuration(text string) (time.Duration, error) {
	if text != "" && strings.Trim(text, "+-.0123456789") == "" {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, errDuration
	}
	return d, nil
}

// formatDuration returns what Go writes, without the zeros at its end.
func formatDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// fits reports whether a size fits into a signed number of so many bits.
func fits(n uint64, bits int) bool { return n <= math.MaxInt64>>(64-bits) }
