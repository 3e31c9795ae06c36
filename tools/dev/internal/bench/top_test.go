package bench

import (
	"maps"
	"testing"
)

func TestReadMetrics(t *testing.T) {
	got := readMetrics("goos: linux\nBenchmarkTop-2   \t       1\t        19.20 draw-ms\t         0 frame-ms\t     10454 page-octets\t      1019 records/s\t         3.248 server-%\nPASS\n")
	want := values{"draw-ms": 19.2, "frame-ms": 0, "page-octets": 10454, "records/s": 1019, "server-%": 0.03248}
	if !maps.Equal(got, want) {
		t.Error(got)
	}
}
