package fmq

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/internal/client"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// Bounds of what a server is told of the files that are here.
const (
	listRoom  = 15 << 20 // octets in all; what does not fit is left out, and comes anew
	cacheRoom = 4 << 20  // octets in all up to which whole files stand in the cache too, for servers that do not know RESUME
	maxKey    = 255      // octets of a name in the cache
)

// origin is what the inbox knows files by that came from a server through a subscription.
func (s *session) origin(sub client.Subscription) string {
	return cmp.Or(s.client.cfg.Origin, s.endpoint) + sub.Path
}

// list makes the values of ICANHAZ for what is here of a subscription. It hashes what is new, and so may take its time. If the inbox cannot be
// listed nothing is: everything comes anew then, and nothing is deleted.
func (s *session) list(ctx context.Context, sub client.Subscription, without []string) (l client.Listing) {
	held, err := s.client.store.List(ctx, s.origin(sub), s.client.wants.Load().alone())
	if err != nil {
		s.client.log.Warn("the inbox cannot be listed: files that are here may come again", "err", err)
		return l
	}
	if sub.Into != "" {
		held = slices.DeleteFunc(held, func(h inbox.Held) bool { return !strings.HasPrefix(h.Name, sub.Into+"/") })
	}
	l = listing(sub, held, without)
	if told := bytes.Count(l.Resume, []byte{0}); told < len(held)-len(without) {
		s.client.log.Warn("there are more files here than a server can be told of: the others come anew", "path", sub.Path, "told", told, "of", len(held))
	}
	return l
}

func listing(sub client.Subscription, held []inbox.Held, without []string) (l client.Listing) {
	skip := make(map[string]bool, len(held)+len(without))
	for _, name := range without {
		skip[name] = true
	}
	// Of two entries for a name the server takes the first: the newer, partial file stands before the whole one. Whole files are told first,
	// for there is more to lose.
	var partial []inbox.Held
	whole := held[:0:0]
	for _, h := range held {
		switch {
		case skip[h.Name]:
			continue
		case h.Partial:
			partial = append(partial, h)
		default:
			whole = append(whole, h)
		}
		skip[h.Name] = true
	}
	// A name that is the path's own last component may be the path itself, or a file below it: it is listed as both.
	names := func(h inbox.Held) []string {
		name := h.Name
		if sub.Into != "" {
			name = name[len(sub.Into)+1:]
		}
		if name == path.Base(sub.Path) {
			return []string{name, sub.Path}
		}
		return []string{name}
	}
	for _, h := range slices.Concat(whole, partial) {
		for _, name := range names(h) {
			n := len(l.Resume)
			l.Resume = strconv.AppendInt(l.Resume, h.Size, 10)
			l.Resume = append(l.Resume, ' ')
			l.Resume = appendDigest(l.Resume, h.Digest)
			l.Resume = append(l.Resume, ' ')
			l.Resume = append(append(l.Resume, name...), 0)
			if len(l.Resume) > listRoom {
				l.Resume = l.Resume[:n]
				return l
			}
		}
	}
	octets := len(l.Resume)
	for _, h := range whole {
		for _, key := range names(h) {
			if octets += len(key) + 2*len(h.Digest) + 5; octets > cacheRoom {
				return l
			}
			if len(key) <= maxKey {
				l.Cache = append(l.Cache, wire.Pair{Key: []byte(key), Value: appendDigest(nil, h.Digest)})
			}
		}
	}
	return l
}

// appendDigest appends a digest in capital hexadecimal digits.
func appendDigest(b []byte, digest [20]byte) []byte {
	n := len(b)
	b = hex.AppendEncode(b, digest[:])
	for i := n; i < len(b); i++ {
		if b[i] >= 'a' {
			b[i] -= 'a' - 'A'
		}
	}
	return b
}
