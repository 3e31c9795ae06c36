package doctor

import (
	"context"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/beacon"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

// role makes this test binary a program that runs on a host.
const role = "DOCTOR_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		flag.Parse()
		exitOn(flag.Set("test.parallel", "6")) // they wait most of the time
		goleak.VerifyTestMain(m)
	case "nobody": // the tool, without rights
		exitOn(drop())
		fallthrough
	case "doctor":
		os.Exit(cli.Main("zyre", "", &flags{}))
	case "peer": // a node on the named interface
		_, err := zyre.Start(context.Background(), zyre.Config{Name: "bob", Interfaces: os.Args[1:], Interval: 200 * time.Millisecond})
		exitOn(err)
		stay()
	case "filer": // a node that offers files where nobody is
		_, err := zyre.Start(context.Background(), zyre.Config{Name: "carol", Interval: 200 * time.Millisecond, Headers: map[string]string{"X-FILEMQ": "tcp://192.0.2.1:7"}})
		exitOn(err)
		stay()
	case "holder": // has the port, and does not share it
		_, err := (&net.ListenConfig{}).ListenPacket(context.Background(), "udp4", ":5670")
		exitOn(err)
		stay()
	case "tcpholder":
		_, err := net.Listen("tcp4", os.Args[1])
		exitOn(err)
		stay()
	case "announcer": // announces octets, and takes connections on port 50505
		_, err := net.Listen("tcp4", ":50505")
		exitOn(err)
		data, err := hex.DecodeString(os.Args[1])
		exitOn(err)
		b, err := beacon.Listen(beacon.Config{Port: 5670, Interval: 200 * time.Millisecond})
		exitOn(err)
		exitOn(b.Publish(data))
		stay()
	}
	exitOn(fmt.Errorf("no role %q", os.Getenv(role)))
}

// flags are those of the tool.
type flags struct {
	cli.Node
	JSON bool
	For  time.Duration
}

func (f *flags) Run(ctx context.Context, std cli.Streams) error {
	return Run(ctx, Options{Node: f.Node, JSON: f.JSON, For: f.For}, std)
}

// stay says that all is there, and ends with its input.
func stay() {
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
