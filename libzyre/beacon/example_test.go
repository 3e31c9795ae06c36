package beacon_test

import (
	"fmt"
	"log"
	"net"

	"github.com/zeromq/gozyre/libzyre/beacon"
)

// A sensor tells its last reading, and a display that knows of no sensor shows it.
// Both stay on loopback; leave Interfaces out to use the networks of the host.
func Example() {
	lo := []string{loopback()}
	display, err := beacon.Listen(beacon.Config{Interfaces: lo}) // on a free port
	if err != nil {
		log.Fatal(err)
	}
	defer display.Close()

	sensor, err := beacon.Listen(beacon.Config{Port: display.Port(), Interfaces: lo})
	if err != nil {
		log.Fatal(err)
	}
	defer sensor.Close()
	if err := sensor.Publish([]byte("kitchen 21.5 °C")); err != nil {
		log.Fatal(err)
	}

	s := <-display.Signals()
	fmt.Printf("%s says: %s\n", s.Addr, s.Data)
	// Output: 127.0.0.1 says: kitchen 21.5 °C
}

// loopback is "lo" on Linux, "lo0" on macOS and the BSDs.
func loopback() string {
	all, _ := net.Interfaces()
	for _, i := range all {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Name
		}
	}
	return ""
}
