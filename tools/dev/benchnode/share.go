package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// sharing are the flags of what measures files that a node publishes to its peers. Each node has a process of its own.
type sharing struct {
	carrier
	Port   uint16        `required:"" help:"UDP port of discovery."`
	Dir    string        `required:"" help:"Folder in which all files are; what is made there is removed."`
	Peers  int           `default:"10" help:"How many fetch what one publishes."`
	Stable time.Duration `default:"2s" help:"How long nobody has written to a file before it is published."`
}

// shareSmall measures small files, one after the other.
type shareSmall struct {
	sharing
	Count  int   `default:"100" help:"How many."`
	Octets int64 `default:"1000" help:"How long they are."`
}

func (m *shareSmall) Run() error {
	return m.with(func(s *shares) error {
		for i := range m.Count {
			if err := s.write(fmt.Sprintf("small-%d", i), m.Octets); err != nil {
				return err
			}
		}
		<-time.After(m.Stable)
		var took []time.Duration
		for i := range m.Count {
			one, err := s.publish(fmt.Sprintf("small-%d", i))
			if err != nil {
				return err
			}
			took = append(took, one)
		}
		return percentiles(took).print()
	})
}

// shareLarge measures a large file, and beside it as many copies that cp makes one after the other.
type shareLarge struct {
	sharing
	Rounds int   `default:"2" help:"How often. Ours and cp take turns at being the first; their times are added up."`
	Octets int64 `default:"268435456" help:"How long it is."`
}

func (m *shareLarge) Run() error {
	return m.with(func(s *shares) error {
		var ours, copies spent
		for i := range m.Rounds {
			name := fmt.Sprintf("large-%d", i) // with a content of its own, so that nobody can know it already
			if err := s.write(name, m.Octets); err != nil {
				return err
			}
			<-time.After(m.Stable)
			turns := []func() error{
				func() error { return s.spread(name, &ours) },
				func() error { return s.copy(name, m.Peers, &copies) },
			}
			if i%2 == 1 {
				slices.Reverse(turns)
			}
			for _, turn := range turns {
				_ = exec.Command("sync").Run() // nothing of what was before is still on its way to the disk
				if err := turn(); err != nil {
					return err
				}
			}
		}
		r := result{
			"ratio": ours.time.Seconds() / copies.time.Seconds(),
			"took":  ours.time.Seconds() / float64(m.Rounds), "cp": copies.time.Seconds() / float64(m.Rounds),
			"cpu": ours.processor.Seconds() / float64(m.Rounds), "cp-cpu": copies.processor.Seconds() / float64(m.Rounds),
		}
		all, err := s.use()
		if err != nil {
			return err
		}
		r["sender"] = all[0].Memory
		for _, n := range all[1:] {
			r["receiver"] = max(r["receiver"], n.Memory)
		}
		return r.print()
	})
}

// spent is what something took.
type spent struct{ time, processor time.Duration }

// shares are nodes that know each other, the sender first.
type shares struct {
	dir   string
	parts []*other
}

// with does something with a sender and its peers, once files get from the one to the others. Nothing is left of them.
func (m sharing) with(do func(*shares) error) (err error) {
	s := &shares{}
	if s.dir, err = os.MkdirTemp(m.Dir, "share-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	defer func() {
		for _, p := range s.parts {
			err = errors.Join(err, p.end())
		}
	}()
	for i := range m.Peers + 1 {
		p, err := start("share-part", fmt.Sprintf("--port=%d", m.Port), fmt.Sprintf("--peers=%d", m.Peers), "--transport="+m.Transport,
			"--dir="+filepath.Join(s.dir, nodeName(i)))
		if err != nil {
			return err
		}
		s.parts = append(s.parts, p)
	}
	for _, p := range s.parts {
		if _, err := s.hear(p, shareKnow, ""); err != nil {
			return err
		}
	}
	const first = "first" // who knows a peer need not have its files' connection yet
	if err := s.write(first, 1); err != nil {
		return err
	}
	<-time.After(m.Stable)
	if _, err := s.publish(first); err != nil {
		return err
	}
	return do(s)
}

// write makes a file that nobody has seen.
func (s *shares) write(name string, octets int64) error {
	file, err := os.Create(filepath.Join(s.dir, name))
	if err != nil {
		return err
	}
	var seed [32]byte
	copy(seed[:], name)
	_, err = io.CopyN(file, rand.NewChaCha8(seed), octets)
	return errors.Join(err, file.Close())
}

// publish publishes a file under its name, and says how long it took from then until the last had it.
func (s *shares) publish(name string) (time.Duration, error) {
	path := filepath.Join(s.dir, name)
	began, err := s.ask(s.parts[0], shareTask{Do: sharePublish, Path: path, As: name})
	if err != nil {
		return 0, err
	}
	var took time.Duration
	var files []string
	for _, p := range s.parts[1:] {
		n, err := s.hear(p, shareDeliver, name)
		if err != nil {
			return 0, err
		}
		took = max(took, n.At.Sub(began.At))
		files = append(files, n.File)
	}
	for _, file := range files {
		if out, err := exec.Command("cmp", path, file).CombinedOutput(); err != nil {
			return 0, fmt.Errorf("what came is not what was published: %w: %s", err, out)
		}
	}
	return took, nil
}

// spread publishes a file, and adds what that took.
func (s *shares) spread(name string, sum *spent) error {
	before, err := s.use()
	if err != nil {
		return err
	}
	took, err := s.publish(name)
	if err != nil {
		return err
	}
	after, err := s.use()
	if err != nil {
		return err
	}
	sum.time += took
	for i := range after {
		sum.processor += after[i].Processor - before[i].Processor
	}
	return nil
}

// use asks every part what it has used.
func (s *shares) use() (all []shareNews, err error) {
	for _, p := range s.parts {
		n, err := s.ask(p, shareTask{Do: shareUse})
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// copy has cp copy a file to so many folders, one after the other, and adds what that took.
func (s *shares) copy(name string, places int, sum *spent) error {
	dir := filepath.Join(s.dir, "copies")
	var to []string
	for i := range places {
		to = append(to, filepath.Join(dir, nodeName(i+1)))
		if err := os.MkdirAll(to[i], 0o777); err != nil {
			return err
		}
	}
	began := time.Now()
	for _, folder := range to {
		c := exec.Command("cp", filepath.Join(s.dir, name), folder)
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("cp: %w: %s", err, out)
		}
		sum.processor += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	sum.time += time.Since(began)
	return os.RemoveAll(dir)
}

func (s *shares) ask(p *other, t shareTask) (shareNews, error) {
	if err := p.say(t); err != nil {
		return shareNews{}, err
	}
	return s.hear(p, t.Do, t.As)
}

// hear reads until a part says that, of that file. That a file is refused or a peer gone is no figure.
func (s *shares) hear(p *other, wanted, of string) (n shareNews, err error) {
	for n.Type != wanted || n.Path != of {
		n = shareNews{}
		if err := p.hear(&n); err != nil {
			return n, err
		}
		if n.Type == shareTrouble {
			return n, errors.New(n.Path)
		}
	}
	return n, nil
}
