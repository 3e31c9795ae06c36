package firewall

import (
	"fmt"
	"net"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// role makes this test binary a program that runs on a host.
const role = "FIREWALL_TEST_ROLE"

func TestMain(m *testing.M) {
	if what := os.Getenv(role); what != "" {
		conn, err := net.Dial(what, os.Args[1])
		if err == nil {
			_, err = conn.Write([]byte("hello"))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}
