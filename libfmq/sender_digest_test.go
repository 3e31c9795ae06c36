package fmq

import (
	"crypto/sha1"
	"encoding"
	"errors"
	"fmt"
	"hash"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
)

// counted counts what a digest takes in.
type counted struct {
	hash.Hash
	octets atomic.Int64
}

func (c *counted) Write(data []byte) (int, error) {
	c.octets.Add(int64(len(data)))
	return c.Hash.Write(data)
}

func (c *counted) MarshalBinary() ([]byte, error) {
	return c.Hash.(encoding.BinaryMarshaler).MarshalBinary()
}

func TestDigestIsMadeOnceByManyReaders(t *testing.T) {
	content := []byte(pattern(3_000_000))
	count := &counted{Hash: sha1.New()}
	d := &digesting{hash: count}
	var told atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for at := 0; at < len(content); {
				n := min(1+r.IntN(50_000), len(content)-at)
				d.add(int64(at), content[at:at+n], func(offset int64, _ hash.Hash) {
					if old := told.Swap(offset); old >= offset {
						t.Errorf("told %d after %d", offset, old)
					}
				})
				if at += n; i < 4 && at > (i+1)*500_000 {
					return // its client is gone
				}
			}
			if d.sum() != dir.Digest(sha1.Sum(content)) {
				t.Error("a reader at the end sees another digest")
			}
		})
	}
	wg.Wait()
	if n := count.octets.Load(); n != int64(len(content)) || told.Load() != n {
		t.Errorf("%d octets were digested, and %d told, of %d", n, told.Load(), len(content))
	}
}

// Who resumes brings the digest of what its client has: it is taken if it is ahead.
func TestDigestGoesOnFromWhatAClientHas(t *testing.T) {
	content := []byte(pattern(1000))
	d := newDigesting()
	add := func(from, to int) { d.add(int64(from), content[from:to], func(int64, hash.Hash) {}) }
	reach := func(to int) {
		h := sha1.New()
		h.Write(content[:to])
		d.reach(int64(to), h)
	}
	add(0, 100)
	reach(600)
	add(600, 700)
	reach(300)
	add(700, 1000)
	add(100, 500) // who is behind
	if d.sum() != sha1.Sum(content) {
		t.Error("the digest is wrong")
	}
}

// opened has clients that were sent one octet of a file each, and counts what is digested from then on.
func opened(t *testing.T, content string, clients int) (file string, s *Server, all []*raw, count *counted) {
	folder := t.TempDir()
	file = put(t, folder, "f", content)
	s = listen(t, ServerConfig{}, folder)
	for range clients {
		r := newRaw(t, s.Endpoint())
		r.open("/", resync)
		r.credit(1)
		r.expect(fmq.IDCheezburger)
		all = append(all, r)
	}
	m := &s.sender.miles
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.files) != 1 {
		t.Fatalf("%d files are digested", len(m.files))
	}
	d := m.files[0].digest
	d.mu.Lock()
	defer d.mu.Unlock()
	count = &counted{Hash: d.hash}
	d.hash = count
	return file, s, all, count
}

// rest hears a file from an offset on. It may be called by several goroutines.
func rest(r *raw, offset int, content string) error {
	if err := r.link.Send([][]byte{mustFrame(fmq.Message{ID: fmq.IDNom, Credit: math.MaxUint64})}); err != nil {
		return err
	}
	for {
		m, ok := r.hearWithin(20 * time.Second)
		if !ok || m.ID != fmq.IDCheezburger {
			return errors.New("the server says nothing, or something else")
		}
		end := offset + len(m.Chunk)
		if m.Offset != uint64(offset) || end > len(content) || string(m.Chunk) != content[offset:end] {
			return fmt.Errorf("got something else at %d", offset)
		}
		if offset = end; m.Eof != 0 {
			if digest := headerOf(m, "SHA1"); offset != len(content) || digest != fmt.Sprintf("%X", sha1.Sum([]byte(content))) {
				return fmt.Errorf("it ends at %d, and the digest is %s", offset, digest)
			}
			return nil
		}
	}
}

func mustFrame(m fmq.Message) []byte {
	frame, err := m.Append(nil)
	if err != nil {
		panic(err)
	}
	return frame
}

// Ten clients that begin at the same time, of which one stands still, one leaves, and one more has a part already, cost one digest.
func TestFileIsDigestedOnceForAllClients(t *testing.T) {
	content := pattern(2*milestoneOctets + 5000)
	_, s, all, count := opened(t, content, 10)
	slow, gone := all[0], all[1]
	gone.credit(3_000_000)
	gone.expect(fmq.IDCheezburger)
	gone.say(fmq.Message{ID: fmq.IDKthxbai})
	var wg sync.WaitGroup
	for _, r := range all[2:] {
		wg.Go(func() {
			if err := rest(r, 1, content); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, have := range []int{milestoneOctets + 5, 0} {
		late := newRaw(t, s.Endpoint())
		late.open("/", options(resume("f", content, have))...)
		if err := rest(late, have, content); err != nil {
			t.Errorf("who has %d: %v", have, err)
		}
	}
	if err := rest(slow, 1, content); err != nil {
		t.Errorf("the slow one: %v", err)
	}
	if n := int(count.octets.Load()); n != len(content)-1 {
		t.Errorf("%d octets were digested of %d", n, len(content)-1)
	}
}

// A file that changes while its digest is being made: nobody gets the mixture as the whole, and nothing of it is in the digest of the new one.
func TestDigestOfAFileThatChangesIsForgotten(t *testing.T) {
	old, anew := strings.Repeat("old ", 3<<20), strings.Repeat("new ", 3<<20)
	file, s, all, _ := opened(t, old, 2)
	all[0].credit(milestoneOctets)
	for offset := 1; offset < milestoneOctets; {
		offset += len(all[0].expect(fmq.IDCheezburger).Chunk)
	}
	was := s.sender.miles.files[0].file
	if err := os.WriteFile(file, []byte(anew), 0o640); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-time.Minute)
	if err := os.Chtimes(file, before, before); err != nil {
		t.Fatal(err)
	}
	for i, r := range all {
		r.credit(math.MaxUint64)
		var got []byte
		for {
			m := r.expect(fmq.IDCheezburger)
			if m.Offset == 0 {
				got = nil
			}
			if got = append(got, m.Chunk...); m.Eof == 0 || m.Offset == brokenOff {
				continue
			}
			if string(got) != anew || headerOf(m, "SHA1") != fmt.Sprintf("%X", sha1.Sum([]byte(anew))) {
				t.Errorf("client %d: got a file of %d octets with the digest %s", i, len(got), headerOf(m, "SHA1"))
			}
			break
		}
	}
	m := &s.sender.miles
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.find(was) >= 0 {
		t.Error("the old file's digest is still there")
	}
}
