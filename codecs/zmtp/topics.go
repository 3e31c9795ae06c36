package zmtp

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
)

// What one subscriber may have us remember.
const (
	maxTopics      = 1 << 12
	maxTopicOctets = 64 << 10
)

// topics are the prefixes that a peer of a PUB subscribed to; one subscribed to twice has to be cancelled twice.
type topics struct {
	mu     sync.Mutex
	all    [][]byte
	octets int
}

// change adds or removes a topic.
func (t *topics) change(add bool, topic []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !add {
		if i := slices.IndexFunc(t.all, func(have []byte) bool { return bytes.Equal(have, topic) }); i >= 0 {
			t.octets -= len(topic)
			t.all = slices.Delete(t.all, i, i+1)
		}
		return nil
	}
	if len(t.all) == maxTopics || t.octets+len(topic) > maxTopicOctets {
		return fmt.Errorf("zmtp: the other end subscribes to too much: %d topics and %d octets are possible", maxTopics, maxTopicOctets)
	}
	t.octets += len(topic)
	t.all = append(t.all, bytes.Clone(topic))
	return nil
}

// match says whether a message that begins with this frame is wanted.
func (t *topics) match(first []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return anyPrefix(t.all, first)
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
