package zmtp

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
)

// What one subscriber may have us remember.
const (
	maxTopics      = 1 << 10
	maxTopicOctets = 16 << 10
)

// topics are the prefixes that a peer of a PUB subscribed to; one subscribed to twice has to be cancelled twice. A message is
// looked up once for each length that they have.
type topics struct {
	mu      sync.Mutex
	times   map[string]int
	lengths map[int]int
	count   int
	octets  int
	told    bool // something was ever subscribed to
}

// change adds or removes a topic.
func (t *topics) change(add bool, topic []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !add {
		if t.times[string(topic)] > 0 {
			t.note(topic, -1)
		}
		return nil
	}
	if t.count == maxTopics || t.octets+len(topic) > maxTopicOctets {
		return fmt.Errorf("zmtp: the other end subscribes to too much: %d topics and %d octets are possible", maxTopics, maxTopicOctets)
	}
	if t.times == nil {
		t.times, t.lengths = map[string]int{}, map[int]int{}
	}
	t.note(topic, 1)
	t.told = true
	return nil
}

// known says whether the other end has said what it wants.
func (t *topics) known() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.told
}

func (t *topics) note(topic []byte, n int) {
	t.count += n
	t.octets += n * len(topic)
	if t.times[string(topic)] += n; t.times[string(topic)] == 0 {
		delete(t.times, string(topic))
	}
	if t.lengths[len(topic)] += n; t.lengths[len(topic)] == 0 {
		delete(t.lengths, len(topic))
	}
}

// match says whether a message that begins with this frame is wanted.
func (t *topics) match(first []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for n := range t.lengths {
		if n <= len(first) && t.times[string(first[:n])] > 0 {
			return true
		}
	}
	return false
}

func anyPrefix(prefixes [][]byte, b []byte) bool {
	return slices.ContainsFunc(prefixes, func(p []byte) bool { return bytes.HasPrefix(b, p) })
}

// appendSubscription appends the frame that subscribes to a topic: a command for ZMTP 3.1, a message before.
func appendSubscription(dst, topic []byte, minor byte) []byte {
	if minor == 0 {
		return appendFrame(dst, 0, append([]byte{1}, topic...))
	}
	return appendFrame(dst, flagCommand, command("SUBSCRIBE", topic))
}

// subscribeMessage is a subscription as ZMTP 3.0 has it: a message of one frame that begins with 1 to subscribe, 0 to cancel.
func (c *conn) subscribeMessage(body []byte) error {
	if len(body) == 0 || body[0] > 1 {
		c.set.dropped.Add(1)
		return nil
	}
	return c.topics.change(body[0] == 1, body[1:])
}
