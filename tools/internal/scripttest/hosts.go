package scripttest

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/zeromq/gozyre/tools/netlab"
)

// hosts are those of a script, made when they are first named:
//
//	left  eth0 10.77.0.1 ──┐
//	                      lan
//	right eth0 10.77.0.2 ──┘
type hosts struct {
	tb   testing.TB // the script's test
	lab  *netlab.Lab
	lan  *netlab.Switch
	made map[string]*netlab.Host
}

type hostsKey struct{}

// host returns the one of that name. It skips the test, or fails it where
// CI=true, on a machine that cannot have one.
func host(ts *testscript.TestScript, name string) *netlab.Host {
	h := ts.Value(hostsKey{}).(*hosts)
	if h.lab == nil {
		h.lab, h.made = netlab.New(h.tb), map[string]*netlab.Host{}
		h.lan = h.lab.Switch("lan")
	}
	if h.made[name] == nil {
		h.made[name] = h.lab.Host(name)
		h.made[name].Plug(h.lan, "eth0", fmt.Sprintf("10.77.0.%d/24", len(h.made)))
	}
	return h.made[name]
}

// command is a program of a script, by its path, on the host that is named.
func command(ts *testscript.TestScript, on, path string, args []string) *exec.Cmd {
	if on == "" {
		return exec.Command(path, args...)
	}
	return host(ts, on).Command(context.Background(), path, args...)
}

func drop(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: drop HOST MATCH…")
	}
	host(ts, args[0]).Drop(netlab.In, strings.Join(args[1:], " "))
}
