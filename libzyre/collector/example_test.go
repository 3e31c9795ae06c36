package collector_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/netip"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
)

// One node says something, and another, which collects, hears of it.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	loopback, port := []string{zyre.Loopback()}, freePort() // a network of our own

	records, err := collector.Listen(collector.Config{Bind: netip.MustParseAddr("127.0.0.1"), Levels: []uint8{collector.Warning}})
	if err != nil {
		log.Fatal(err)
	}
	defer records.Close()
	headers := map[string]string{collector.Header: records.Endpoint()}
	watcher, err := zyre.Start(ctx, zyre.Config{Name: "watcher", Port: port, Interfaces: loopback, Headers: headers})
	if err != nil {
		log.Fatal(err)
	}
	defer watcher.Close()

	oven, err := zyre.Start(ctx, zyre.Config{Name: "oven", Port: port, Interfaces: loopback})
	if err != nil {
		log.Fatal(err)
	}
	defer oven.Close()
	<-oven.Events() // it has met the watcher
	oven.LogText(zyre.LogWarning, "too hot")

	batch, err := records.Receive(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range batch {
		known := r.Node == zrelog.Hash(oven.UUID().String())
		fmt.Printf("%s %q, from the oven: %v\n", zrelog.LevelName(r.Level), r.Text, known)
	}
	// Output: WARNING "too hot", from the oven: true
}

// freePort is a UDP port that nobody uses.
func freePort() uint16 {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	return uint16(conn.LocalAddr().(*net.UDPAddr).Port)
}
