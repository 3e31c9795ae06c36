package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
)

// logCost measures what it costs a node to report what happens to it to the collector
// of a server, which sees to it that something does.
type logCost struct {
	network
	Rounds int           `default:"5" help:"How often it is measured with and without."`
	During time.Duration `default:"4s" help:"How long each time."`
	Texts  int           `default:"1000" help:"How many records are counted in octets."`
}

func (m *logCost) Run() error {
	with, without, events, err := m.share()
	if err != nil {
		return err
	}
	octets, err := m.octets()
	if err != nil {
		return err
	}
	return result{"share": with - without, "with": with, "without": without, "events": events, "octets": octets}.print()
}

// share is the processor time of a node, as a share of a core, with and without reporting, and how many records it made a second.
func (m *logCost) share() (with, without, events float64, err error) {
	node, stop, err := m.start(m.config())
	if err != nil {
		return 0, 0, 0, err
	}
	defer stop()
	if _, err := await(node, isCollector); err != nil {
		return 0, 0, 0, err
	}
	go func() {
		for range node.Events() { // somebody has to read them
		}
	}()
	var shares [2]float64
	for range m.Rounds {
		for i, level := range []zyre.LogLevel{zyre.LogOff, zyre.LogInfo} {
			node.SetLogLevel(level)
			<-time.After(time.Second) // connecting is no logging
			before, err := processorTime()
			if err != nil {
				return 0, 0, 0, err
			}
			begin, records := time.Now(), node.Stats().Records
			<-time.After(m.During)
			after, err := processorTime()
			if err != nil {
				return 0, 0, 0, err
			}
			took := time.Since(begin).Seconds()
			shares[i] += (after - before).Seconds() / took / float64(m.Rounds)
			events += float64(node.Stats().Records-records) / took / float64(m.Rounds)
		}
	}
	if dropped := node.Stats().RecordsDropped; dropped > 0 {
		err = fmt.Errorf("%d records were dropped", dropped)
	}
	return shares[1], shares[0], events, err
}

// octets is what a record has on the wire beside its text, ZMTP's frame with it.
func (m *logCost) octets() (float64, error) {
	var sent atomic.Int64
	var port atomic.Value // of the collector
	port.Store("none")
	cfg := m.config()
	cfg.LogLevel = zyre.LogError // nothing but what is said here
	cfg.Transport = zmtp.Transport{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil && strings.HasSuffix(address, port.Load().(string)) {
			conn = counted{conn, &sent}
		}
		return conn, err
	}}
	// Another node tells which port to look at, before the one that is measured connects to it.
	first, stop, err := m.start(m.config())
	if err != nil {
		return 0, err
	}
	e, err := await(first, isCollector)
	stop()
	if err != nil {
		return 0, err
	}
	endpoint := e.Headers[collector.Header]
	port.Store(endpoint[strings.LastIndexByte(endpoint, ':'):])
	node, stop, err := m.start(cfg)
	if err != nil {
		return 0, err
	}
	defer stop()
	if _, err := await(node, isCollector); err != nil {
		return 0, err
	}
	const text = "something went wrong"
	if err := m.say(node, text, &sent, 1); err != nil {
		return 0, err
	}
	<-time.After(time.Second) // the handshake is no record
	before := sent.Load()
	if err := m.say(node, text, &sent, m.Texts); err != nil {
		return 0, err
	}
	return float64(sent.Load()-before)/float64(m.Texts) - float64(len(text)), nil
}

// say reports a text so often, and waits for each to leave.
func (m *logCost) say(node *zyre.Node, text string, sent *atomic.Int64, times int) error {
	for range times {
		before, deadline := sent.Load(), time.Now().Add(m.Timeout)
		if err := node.LogText(zyre.LogError, text); err != nil {
			return err
		}
		for sent.Load() < before+int64(len(text)) {
			if time.Now().After(deadline) {
				return fmt.Errorf("a record was not sent within %v", m.Timeout)
			}
			<-time.After(50 * time.Microsecond)
		}
	}
	return nil
}

func isCollector(e zyre.Event) bool { return e.Type == zyre.Enter && e.Headers[collector.Header] != "" }

// counted counts what is written.
type counted struct {
	net.Conn
	octets *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.octets.Add(int64(n))
	return n, err
}
