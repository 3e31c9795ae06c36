package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// fileLab is where files are sent. Everything is below one folder.
type fileLab struct {
	env    *repo.Env
	dir    string
	scale  scale
	filemq string // our tool
	worker string // benchfmq
	rsync  string // empty: there is none

	// Whether what is sent has been made.
	hasLarge, hasMany bool
}

// newFileLab builds the programs, in dir.
func newFileLab(e *repo.Env, dir string, s scale) (*fileLab, error) {
	l := &fileLab{env: e, dir: dir, scale: s, filemq: filepath.Join(dir, "filemq"+exe), worker: filepath.Join(dir, "benchfmq"+exe)}
	e.Say("bench: building filemq and benchfmq")
	for program, of := range map[string]string{l.filemq: "./tools/cmd/filemq", l.worker: "./tools/dev/benchfmq"} {
		if err := e.Command("go", "build", "-o", program, of).Run(); err != nil {
			return nil, err
		}
	}
	l.rsync, _ = repo.Program("rsync")
	return l, nil
}

// possible are the measures without the columns that cannot be measured here, and without the verdicts that would take those.
func (l *fileLab) possible(list []measure) []measure {
	if l.rsync != "" {
		return list
	}
	for i := range list {
		m := &list[i]
		m.transports = slices.DeleteFunc(m.transports, func(side string) bool { return side == rsync })
		for j := range m.rows {
			if strings.Contains(m.rows[j].target, rsync) {
				m.rows[j].met = nil
			}
		}
	}
	return list
}

// run measures once, in a folder of its own that is gone afterwards.
func (l *fileLab) run(m measure, side string) (values, error) {
	ctx, cancel := context.WithTimeout(l.env, most)
	defer cancel()
	env := *l.env
	env.Context = ctx
	dir, err := os.MkdirTemp(l.dir, side+"-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	v, err := m.files(l, &bout{lab: l, env: &env, dir: dir, side: side})
	if err != nil && ctx.Err() == context.DeadlineExceeded {
		err = fmt.Errorf("it takes longer than %v: %w", most, err)
	}
	return v, err
}

// bout is one measurement of one column.
type bout struct {
	lab  *fileLab
	env  *repo.Env // ends in time
	dir  string
	side string
}

func (b *bout) in(name string) string { return filepath.Join(b.dir, name) }

// large fetches the large file.
func (l *fileLab) large(b *bout) (values, error) {
	source, err := l.largeSource()
	if err != nil {
		return nil, err
	}
	v, err := b.fetch(source, b.in("inbox"))
	if err != nil {
		return nil, err
	}
	return v, same(source, b.in("inbox"))
}

// many fetches the small files, and then again where they are already.
func (l *fileLab) many(b *bout) (values, error) {
	source, err := l.manySource()
	if err != nil {
		return nil, err
	}
	v, err := b.fetch(source, b.in("inbox"))
	if err != nil {
		return nil, err
	}
	if err := same(source, b.in("inbox")); err != nil || b.side == cp {
		return v, err
	}
	again, err := b.fetch(source, b.in("inbox"))
	if err != nil {
		return nil, err
	}
	v["again"] = again["took"]
	return v, same(source, b.in("inbox"))
}

// fetch lets a server start, and measures a client from its start to its end.
func (b *bout) fetch(source, inbox string) (values, error) {
	server, err := b.serve(source)
	if err != nil {
		return nil, err
	}
	defer server.stop()
	if err := b.settle(source); err != nil {
		return nil, err
	}
	client, err := b.start(b.client(server.at, source, inbox))
	if err != nil {
		return nil, err
	}
	if err := client.wait(); err != nil {
		return nil, errors.Join(err, server.stop())
	}
	v := values{"took": client.took.Seconds(), "cpu": client.cpu.Seconds(), "client": client.memory}
	if server != nobody {
		if err := server.stop(); err != nil {
			return nil, err
		}
		v["cpu"] += server.cpu.Seconds()
		v["server"] = server.memory
	}
	return v, nil
}

// resume kills a client at half, and measures from the start of the next. rsync is given the half that it would have, for it keeps
// none under the file's name.
func (l *fileLab) resume(b *bout) (values, error) {
	source, err := l.largeSource()
	if err != nil {
		return nil, err
	}
	inbox := b.in("inbox")
	server, err := b.serve(source)
	if err != nil {
		return nil, err
	}
	defer server.stop()
	half := l.scale.large / 2
	if b.side == rsync {
		err = head(source, inbox, half)
	} else {
		half, err = b.kill(b.client(server.at, source, inbox), inbox, half)
	}
	if err != nil {
		return nil, err
	}
	if err := b.settle(source); err != nil {
		return nil, err
	}
	args := b.client(server.at, source, inbox)
	if b.side == rsync {
		args = append(args, "--append-verify", "--stats")
	} else {
		args = append(args, "--json")
	}
	client, err := b.start(args)
	if err != nil {
		return nil, err
	}
	if err := client.wait(); err != nil {
		return nil, errors.Join(err, server.stop())
	}
	v := values{"took": client.took.Seconds()}
	if sent, ok := sentOctets(client.said()); ok {
		v["again"] = max(0, float64(sent-(l.scale.large-half))/float64(half))
	}
	return v, errors.Join(server.stop(), same(source, inbox))
}

// sentOctets is what a client says that came over the network: ours in events, rsync in its statistics.
func sentOctets(said string) (sum int64, ok bool) {
	for line := range strings.Lines(said) {
		var e struct {
			Type string
			Sent *int64
		}
		if json.Unmarshal([]byte(line), &e) == nil && strings.EqualFold(e.Type, "deliver") && e.Sent != nil {
			sum, ok = sum+*e.Sent, true
		}
		if text, is := strings.CutPrefix(line, "Total bytes received: "); is {
			n, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimSpace(text), ",", ""), 10, 64)
			sum, ok = n, err == nil
		}
	}
	return sum, ok
}

// live lets the large file appear while a client is there.
func (l *fileLab) live(b *bout) (values, error) {
	source, err := l.largeSource()
	if err != nil {
		return nil, err
	}
	return b.appear("--file=" + filepath.Join(source, largeName))
}

// deliver lets small ones appear.
func (l *fileLab) deliver(b *bout) (values, error) {
	return b.appear(fmt.Sprintf("--count=%d", l.scale.delivered))
}

func (b *bout) appear(flags ...string) (values, error) {
	dir := b.in("published")
	if err := os.Mkdir(dir, 0o777); err != nil {
		return nil, err
	}
	server, err := b.serve(dir)
	if err != nil {
		return nil, err
	}
	v, err := b.work(append([]string{"deliver", "--endpoint=" + server.at, "--dir=" + dir, "--inbox=" + b.in("inbox")}, flags...)...)
	return v, errors.Join(err, server.stop())
}

// crowd looks at the server's memory while many fetch.
func (l *fileLab) crowd(b *bout) (values, error) {
	source, err := l.largeSource()
	if err != nil {
		return nil, err
	}
	server, err := b.serve(source)
	if err != nil {
		return nil, err
	}
	v, err := b.work("crowd", "--endpoint="+server.at, fmt.Sprintf("--count=%d", l.scale.clients), "--during="+l.scale.during.String())
	if err = errors.Join(err, server.stop()); err != nil {
		return nil, err
	}
	v["server"] = server.memory
	return v, nil
}

// state asks a server of the worker's own.
func (l *fileLab) state(b *bout) (values, error) {
	dir := b.in("published")
	if err := os.Mkdir(dir, 0o777); err != nil {
		return nil, err
	}
	return b.work("state", "--dir="+dir, fmt.Sprintf("--count=%d", l.scale.subscribers))
}

// work runs the worker.
func (b *bout) work(args ...string) (values, error) {
	p, err := b.start(append([]string{b.lab.worker}, args...))
	if err != nil {
		return nil, err
	}
	if err := p.wait(); err != nil {
		return nil, err
	}
	var v values
	if err := json.Unmarshal([]byte(p.said()), &v); err != nil {
		return nil, fmt.Errorf("benchfmq printed something that is no result: %w", err)
	}
	return v, nil
}
