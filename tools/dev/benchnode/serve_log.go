package main

import (
	"context"
	"net/netip"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
)

// collect has a server's nodes offer a collector, which is read until its end.
func (s *serve) collect(cfg *zyre.Config) (stop func() error, err error) {
	c, err := collector.Listen(collector.Config{Bind: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Transport: cfg.Transport})
	if err != nil {
		return nil, err
	}
	cfg.Headers = map[string]string{collector.Header: c.Endpoint()}
	go func() {
		for {
			if _, err := c.Receive(context.Background()); err != nil {
				return
			}
		}
	}()
	return c.Close, nil
}

// stir has a node join and leave a group, so often a second.
func stir(ctx context.Context, node *zyre.Node, often int) {
	ticker := time.NewTicker(time.Second / time.Duration(often))
	defer ticker.Stop()
	change, next := node.Join, node.Leave
	begun, done := time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			for ; done < int(time.Since(begun).Seconds()*float64(often)); done++ { // a ticker leaves out what nobody took
				if change("STIR") != nil {
					return
				}
				change, next = next, change
			}
		}
	}
}
