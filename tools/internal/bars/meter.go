package bars

import (
	"fmt"
	"time"
)

// meter measures how many octets come in a second: over the last few.
type meter struct {
	total   int64
	samples []sample
}

// sample is how much there was at a time.
type sample struct {
	at    time.Time
	total int64
}

const (
	meterSpan = 5 * time.Second
	meterStep = 200 * time.Millisecond
)

// add notes that octets have come.
func (m *meter) add(at time.Time, octets int64) {
	if n := len(m.samples); n > 0 && at.Sub(m.samples[n-1].at) >= meterSpan {
		m.samples = nil // after a rest: the time that it took is no part of the rate
	}
	if n := len(m.samples); n == 0 || at.Sub(m.samples[n-1].at) >= meterStep {
		m.samples = append(m.samples, sample{at, m.total})
	}
	m.total += octets
	for len(m.samples) > 1 && at.Sub(m.samples[1].at) >= meterSpan {
		m.samples = m.samples[1:]
	}
}

// rate returns octets per second.
func (m *meter) rate(now time.Time) float64 {
	for len(m.samples) > 1 && now.Sub(m.samples[1].at) >= meterSpan {
		m.samples = m.samples[1:]
	}
	if len(m.samples) == 0 {
		return 0
	}
	span := now.Sub(m.samples[0].at)
	if span < meterStep {
		return 0 // too short to say
	}
	return float64(m.total-m.samples[0].total) / span.Seconds()
}

// speed says how fast it goes, and how long for what is left.
func (m *meter) speed(now time.Time, left int64) string {
	rate := m.rate(now)
	text := octets(int64(rate)) + "/s"
	if left <= 0 || rate < 1 {
		return text
	}
	d := time.Duration(float64(left) / rate * float64(time.Second))
	if d > 100*time.Hour || d < 0 {
		return text
	}
	return fmt.Sprintf("%s, %s left", text, d.Round(time.Second))
}
