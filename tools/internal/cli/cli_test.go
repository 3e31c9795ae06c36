package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
)

type grammar struct {
	Common
	Node
	err error
}

func (g *grammar) Run(ctx context.Context, std Streams) error {
	cfg := g.Config(std.Err)
	fmt.Fprintf(std.Out, "%s %d %v %v %t\n", cfg.Name, cfg.Port, cfg.Interfaces, cfg.Transport, cfg.Log != nil)
	return g.err
}

func run(err error, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = Run(context.Background(), "tool", "Does it.", &grammar{err: err}, args, Streams{Out: &stdout, Err: &stderr})
	return code, stdout.String(), stderr.String()
}

func TestRun(t *testing.T) {
	for _, c := range []struct {
		args      string
		err       error
		code      int
		out, errs string // what they begin with; empty: nothing
	}{
		{args: "", out: " 5670 [] zmtp false\n"},
		{args: "--name n -i lo -i eth0 --port 9 -v", out: "n 9 [lo eth0] zmtp true\n"},
		{args: "--help", out: "Usage: tool [flags]\n"},
		{args: "--version", out: "tool "},
		{args: "--nope", code: Usage, errs: "tool: unknown flag --nope"},
		{args: "x", code: Usage, errs: "tool: unexpected argument x"},
		{args: "--port 0", code: Usage, errs: "tool: --port 0: a port is 1 to 65535"},
		{args: "--transport owl", code: Usage, errs: "tool: --transport owl: this build has "},
		{args: "--interface=", code: Usage, errs: "tool: --interface: an interface has a name"},
		{err: errors.New("it broke"), code: Failed, out: " ", errs: "tool: it broke\n"},
		{err: fmt.Errorf("%w: no", zyre.ErrInvalid), code: Usage, out: " ", errs: "tool: no\n"},
		{err: Usagef("not so"), code: Usage, out: " ", errs: "tool: not so\n"},
		{err: fmt.Errorf("stdout: %w", syscall.EPIPE), code: Failed, out: " "},
	} {
		code, out, errs := run(c.err, strings.Fields(c.args)...)
		if code != c.code || !strings.HasPrefix(out, c.out) || !strings.HasPrefix(errs, c.errs) ||
			(out == "") != (c.out == "") || (errs == "") != (c.errs == "") {
			t.Errorf("%q, %v: %d %q %q", c.args, c.err, code, out, errs)
		}
	}
}

func TestLog(t *testing.T) {
	var w bytes.Buffer
	Node{Carrier: Carrier{Verbose: true}}.Config(&w).Log.Log(t.Context(), slog.LevelDebug, "seen", "name", "e\x1bve")
	if got := w.String(); !strings.Contains(got, "seen") || strings.Contains(got, "\x1b") {
		t.Fatalf("%q", got)
	}
}

func TestVersion(t *testing.T) {
	stamped := []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-11-30T23:59:59Z"}}
	for _, c := range []struct {
		info                 debug.BuildInfo
		release              string
		number, commit, date string
	}{
		{info: debug.BuildInfo{}, number: "development", commit: "unknown"},
		{info: debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: stamped},
			number: "development", commit: "abc of 2026-11-30", date: "2026-11-30"},
		{info: debug.BuildInfo{Main: debug.Module{Version: "v0.1.0"}}, number: "v0.1.0", commit: "unknown"}, // go install
		{info: debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: append(stamped, debug.BuildSetting{Key: "vcs.modified", Value: "true"})},
			release: "v0.1.0", number: "v0.1.0", commit: "abc of 2026-11-30, modified", date: "2026-11-30"},
	} {
		if got := buildOf(&c.info, c.release); got.number != c.number || got.commit != c.commit || got.date != c.date {
			t.Errorf("%+v: %+v", c, got)
		}
	}
	if got := Version("tool"); !strings.HasPrefix(got, "tool development (commit ") || !strings.Contains(got, ", "+runtime.Version()+", ") {
		t.Errorf("--version prints %q", got)
	}
}

func TestTakesFiles(t *testing.T) {
	for _, c := range []struct {
		headers map[string]string
		want    bool
	}{
		{nil, false},
		{map[string]string{"X-FILEMQ": "tcp://127.0.0.1:1"}, true},
		{map[string]string{"X-FILEMQ": "tcp://127.0.0.1:1", "X-FILEMQ-INBOX": "1"}, true},
		{map[string]string{"X-FILEMQ": "tcp://127.0.0.1:1", "X-FILEMQ-INBOX": "0"}, false}, // it only publishes
		{map[string]string{"X-FILEMQ-INBOX": "1"}, false},
	} {
		if got := TakesFiles(c.headers); got != c.want {
			t.Errorf("%v: %t", c.headers, got)
		}
	}
}
