package server

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/libfmq/internal/virtual"
)

// listed is what a client says that it has below a path: by full virtual path.
type listed map[string]Known

// readListed reads RESUME and cache of ICANHAZ (6.1, 5.4). Of two entries for one file the first counts, and those of RESUME before those of
// the cache, for they say more.
func readListed(m *fmq.Message, path string) listed {
	list := listed{}
	add := func(name []byte, k Known) {
		full, ok := fullPath(path, string(name))
		if _, twice := list[full]; ok && !twice {
			list[full] = k
		}
	}
	for rest := option(m, "RESUME"); ; {
		k, name, after, ok := readResume(rest)
		if !ok {
			break
		}
		add(name, k)
		rest = after
	}
	for _, p := range m.Cache {
		k := Known{Size: -1, OK: true}
		if len(p.Value) != 2*len(k.Digest) {
			continue
		}
		if _, err := hex.Decode(k.Digest[:], p.Value); err == nil {
			add(p.Key, k)
		}
	}
	return list
}

// option is the value of an option; nil if there is none. Of two the first counts.
func option(m *fmq.Message, key string) []byte {
	for _, p := range m.Options {
		if string(p.Key) == key {
			return p.Value
		}
	}
	return nil
}

func on(m *fmq.Message, key string) bool { return string(option(m, key)) == "1" }

// readResume takes the first entry off a RESUME value.
func readResume(value []byte) (k Known, name, rest []byte, ok bool) {
	entry, rest, ended := bytes.Cut(value, []byte{0})
	size, after, ok1 := bytes.Cut(entry, []byte{' '})
	digest, name, ok2 := bytes.Cut(after, []byte{' '})
	if !ended || !ok1 || !ok2 || len(name) == 0 || len(size) == 0 || len(size) > 19 || len(digest) != 2*len(k.Digest) {
		return k, nil, nil, false
	}
	for _, c := range size {
		if c < '0' || c > '9' {
			return k, nil, nil, false
		}
	}
	n, err := strconv.ParseInt(string(size), 10, 64)
	if err != nil {
		return k, nil, nil, false
	}
	if _, err := hex.Decode(k.Digest[:], digest); err != nil {
		return k, nil, nil, false
	}
	k.Size, k.OK = n, true
	return k, name, rest, true
}

// fullPath is the virtual path of a name in a list. A name that begins with "/" is one already, and must be covered by the subscription.
func fullPath(path, name string) (string, bool) {
	if !strings.HasPrefix(name, "/") {
		name = strings.TrimSuffix(path, "/") + "/" + name
	}
	clean, ok := virtual.Clean(name)
	if !ok || clean != name || clean == "/" || !virtual.Covers(path, clean) {
		return "", false
	}
	return clean, true
}
