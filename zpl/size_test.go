package zpl_test

import (
	"math"
	"testing"
	"time"

	"github.com/zeromq/gozyre/zpl"
)

type measures struct {
	Wait  time.Duration `zpl:"wait"`
	Big   uint64        `zpl:"big,size"`
	Small uint16        `zpl:"small,size"`
}

// How durations and sizes are written, and that they are read again.
func TestMeasures(t *testing.T) {
	for _, c := range []struct {
		value measures
		want  string
	}{
		{measures{Wait: time.Hour}, "wait = 1h\n"},
		{measures{Wait: time.Hour + time.Second}, "wait = 1h0m1s\n"},
		{measures{Wait: 90 * time.Minute}, "wait = 1h30m\n"},
		{measures{Wait: 10 * time.Minute}, "wait = 10m\n"},
		{measures{Wait: -time.Second}, "wait = -1s\n"},
		{measures{Wait: math.MaxInt64}, "wait = 2562047h47m16.854775807s\n"},
		{measures{Big: 1 << 20}, "big = 1MiB\n"},
		{measures{Big: 4e6}, "big = 4MB\n"},
		{measures{Big: 1001}, "big = 1001\n"},
		{measures{Big: 1000}, "big = 1kB\n"},
		{measures{Big: math.MaxUint64}, "big = 18446744073709551615\n"},
		{measures{Small: 63 << 10}, "small = 63KiB\n"},
	} {
		out, err := zpl.Marshal(c.value)
		if err != nil || string(out) != c.want {
			t.Errorf("%+v: %q, want %q, %v", c.value, out, c.want, err)
		}
		var again measures
		if err := zpl.Unmarshal(out, &again); err != nil || again != c.value {
			t.Errorf("%q: %+v, %v", out, again, err)
		}
	}
	for _, text := range []string{"small = 64KiB", "big = 16777216TiB", "big = KiB", "big = -1", "big = 1.5MB", "big = 1M", "big = +1", "big =",
		"wait = 1h30", "wait = 1d", "wait = .", "wait = 1e3", "wait = 9999999999999"} {
		var into measures
		if err := zpl.Unmarshal([]byte(text), &into); err == nil {
			t.Errorf("%q: %+v", text, into)
		}
	}
}
