package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
)

// logFlood measures what `zyre log` takes: records come over as many connections as
// there are nodes, so many a second, and it is counted how many are in the database.
type logFlood struct {
	network
	Zyre   string        `required:"" help:"The program zyre."`
	Rate   int           `default:"100000" help:"Records a second, of all nodes."`
	Nodes  int           `default:"10" help:"Connections."`
	During time.Duration `default:"10s" help:"How long."`
	Size   string        `default:"0" help:"Beyond which the oldest go."`
}

// pace is how often records are sent.
const pace = time.Millisecond

func (m *logFlood) Run() error {
	dir, err := os.MkdirTemp("", "benchnode-log-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "log.db")
	ctx, cancel := context.WithTimeout(context.Background(), m.Timeout+m.During)
	defer cancel()
	log := exec.CommandContext(ctx, m.Zyre, "log", "--name=log", "--database="+file, "--size="+m.Size, fmt.Sprintf("--port=%d", m.Port), "--interface="+zyre.Loopback())
	log.Env = append(os.Environ(), "XDG_STATE_HOME="+dir)
	stderr, err := log.StderrPipe()
	if err != nil {
		return err
	}
	if err := log.Start(); err != nil {
		return err
	}
	notes := bufio.NewScanner(stderr)
	notes.Scan() // it runs
	sent, took, fed := m.feed()
	said := ""
	if err := log.Process.Signal(os.Interrupt); err != nil {
		fed = errors.Join(fed, err)
	}
	for notes.Scan() {
		said = notes.Text()
	}
	if err := errors.Join(fed, log.Wait()); err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	kept, err := m.newest(ctx, file)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	r := result{"rate": float64(sent) / took.Seconds(), "lost": float64(sent - kept), "octets": float64(info.Size()) / float64(max(kept, 1))}
	if usage := log.ProcessState; usage != nil {
		r["share"] = (usage.UserTime() + usage.SystemTime()).Seconds() / took.Seconds()
	}
	return r.print()
}

// feed sends records, and returns how many.
func (m *logFlood) feed() (sent int, took time.Duration, err error) {
	cfg := m.config()
	cfg.LogLevel = zyre.LogOff // it has nothing to say itself
	node, stop, err := m.start(cfg)
	if err != nil {
		return 0, 0, err
	}
	defer stop()
	e, err := await(node, func(e zyre.Event) bool { return e.Type == zyre.Enter && e.Headers[collector.Header] != "" })
	if err != nil {
		return 0, 0, err
	}
	sockets, err := m.transport().Open(zsock.Options{})
	if err != nil {
		return 0, 0, err
	}
	defer sockets.Close()
	links := make([]zsock.Link, m.Nodes)
	for i := range links {
		if links[i], err = sockets.Dial(zsock.DialOptions{Kind: zsock.Pub, Endpoint: e.Headers[collector.Header], HighWater: 10_000, Hold: true, Linger: 10 * time.Second}); err != nil {
			return 0, 0, err
		}
	}
	record := zrelog.Message{ID: zrelog.IDLog, Level: zrelog.LevelInfo, Event: zrelog.EventStats, Data: []byte("peers=49 in=123456 out=234567 queue=0 dropped=0 octets-in=12345678 octets-out=23456789")}
	var frame []byte
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	begun := time.Now()
	for took < m.During {
		<-ticker.C
		took = time.Since(begun)
		for due := int(took.Seconds() * float64(m.Rate)); sent < due; sent++ {
			record.Node, record.Time = uint16(sent%m.Nodes), zrelog.TimeOf(time.Now())
			if frame, err = record.Append(frame[:0]); err != nil {
				return sent, took, err
			}
			if err := links[sent%m.Nodes].Send([][]byte{frame}); err != nil {
				return sent, took, err
			}
		}
	}
	return sent, took, sockets.Close()
}

// newest is the number of the last record: as many were kept.
func (m *logFlood) newest(ctx context.Context, file string) (int, error) {
	out, err := exec.CommandContext(ctx, m.Zyre, "log", "query", "--database="+file, "--last=1", "--json").Output()
	if err != nil {
		return 0, err
	}
	var last struct{ ID int }
	return last.ID, json.Unmarshal(out, &last)
}
