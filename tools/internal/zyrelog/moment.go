package zyrelog

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
)

// Moment is a time as a user gives it: how long ago (90m, 36h, 7d), a date, or
// a date and time.
type Moment struct{ time.Time }

// UnmarshalText is called by kong.
func (m *Moment) UnmarshalText(text []byte) error { return m.parse(string(text), time.Now()) }

func (m *Moment) parse(text string, now time.Time) error {
	if ago, err := parseAge(text); err == nil {
		m.Time = now.Add(-ago)
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			m.Time = t
			return nil
		}
	}
	return fmt.Errorf("%.100q is no time: 90m, 36h or 7d ago, 2026-01-31, \"2026-01-31 14:00\" (local time) or 2026-01-31T14:00:00Z are", text)
}

// Age is how long something is kept: a duration, of which d is 24 hours.
type Age time.Duration

// UnmarshalText is called by kong.
func (a *Age) UnmarshalText(text []byte) error {
	d, err := parseAge(string(text))
	if err != nil {
		return err
	}
	*a = Age(d)
	return nil
}

func parseAge(text string) (time.Duration, error) {
	const day = 24 * time.Hour
	wrong := fmt.Errorf("%.100q is no duration: 90m, 36h or 7d are", text)
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || n > uint64(math.MaxInt64/day) {
			return 0, wrong
		}
		return time.Duration(n) * day, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, wrong
	}
	return d, nil
}

// Size is a number of octets: 500MB, 2GB, as disks are sold.
type Size int64

var units = []struct {
	suffix string
	octets int64
}{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"KB", 1e3}, {"B", 1}, {"", 1}}

// UnmarshalText is called by kong.
func (s *Size) UnmarshalText(text []byte) error {
	for _, u := range units {
		digits, fits := strings.CutSuffix(string(text), u.suffix)
		n, err := strconv.ParseInt(digits, 10, 64)
		if fits && err == nil && n >= 0 && n <= math.MaxInt64/u.octets {
			*s = Size(n * u.octets)
			return nil
		}
	}
	return fmt.Errorf("%.100q is no size: 500MB or 2GB are", text)
}

// Level is how serious a record is, by name.
type Level uint8

// UnmarshalText is called by kong.
func (l *Level) UnmarshalText(text []byte) error {
	for level := uint8(zrelog.LevelError); level <= zrelog.LevelInfo; level++ {
		if strings.EqualFold(string(text), zrelog.LevelName(level)) {
			*l = Level(level)
			return nil
		}
	}
	return fmt.Errorf("%.100q is no level: error, warning and info are", text)
}

// wanted are the levels to subscribe to; nil: all, those that have no name too.
func (l Level) wanted() (levels []uint8) {
	if l == 0 || l >= zrelog.LevelInfo {
		return nil
	}
	for level := uint8(zrelog.LevelError); level <= uint8(l); level++ {
		levels = append(levels, level)
	}
	return levels
}
