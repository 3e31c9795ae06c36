package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// arrow is a line of ARCHITECTURE.md's drawing: the packages of a folder, and
// everything outside that they may reach, through others too. What is not
// listed is forbidden; the standard library is free. Tests are not asked.
type arrow struct {
	folder string   // below the prefix; "/..." takes in what lies below it
	ours   []string // folders, in the same way
	theirs []string // module paths
}

var (
	kongCLI = "github.com/alecthomas/kong"
	uuid    = "github.com/google/uuid"
	lock    = "github.com/gofrs/flock"
	zmq4    = "github.com/pebbe/zmq4"
	network = []string{"golang.org/x/net", "golang.org/x/sys"}
	curve   = []string{"golang.org/x/crypto", "golang.org/x/sys"} // the cryptography of ZMTP

	serializers = []string{"google.golang.org/protobuf", "github.com/planetscale/vtprotobuf", "github.com/tinylib/msgp",
		"github.com/philhofer/fwd", "github.com/bufbuild/protocompile", "golang.org/x/sync"}

	// node is what a node needs, and so everything that has one: the default
	// transport, FileMQ, and no C library.
	node     = append([]string{"codecs/zre", "codecs/zrelog", "libzyre/..."}, files...)
	nodeUses = slices.Concat([]string{uuid, lock}, network, filesUse)
)

// What FileMQ is made of: a state machine each for server and client; directories; the default transport.
var (
	notify   = []string{"github.com/fsnotify/fsnotify", "golang.org/x/sys"}
	peering  = []string{"codecs/wire", "codecs/fmq", "codecs/machine", "codecs/zsock", "libfmq/sasl"}
	files    = append([]string{"codecs/zmtp", "libfmq/..."}, peering...)
	filesUse = slices.Concat(notify, curve)

	testerUses   = append(terminal, toolUses...)
	tool         = append([]string{"tools/...", "zpl"}, node...)
	toolUses     = append([]string{kongCLI, "golang.org/x/term", "github.com/BurntSushi/toml"}, nodeUses...)
	fileToolUses = append(progress, toolUses...)
	stateUses    = []string{"github.com/adrg/xdg"} // of tools that keep their UUID
	doctorUses   = []string{"github.com/vishvananda/netlink", "github.com/vishvananda/netns"}
	zyreToolUses = slices.Concat(fileToolUses, stateUses, doctorUses, terminal, databases)
	logUses      = slices.Concat(toolUses, stateUses, databases)
	databases    = []string{"modernc.org/sqlite", "modernc.org/libc", "modernc.org/mathutil", "modernc.org/memory", "github.com/remyoudompheng/bigfft", "github.com/dustin/go-humanize",
		"github.com/jackc/pgx/v5", "github.com/jackc/pgpassfile", "github.com/jackc/pgservicefile", "golang.org/x/text"}
	browserUses = []string{"github.com/chromedp/chromedp", "github.com/chromedp/cdproto", "github.com/go-json-experiment/json"}
	terminal    = []string{"charm.land/bubbletea/v2", "github.com/charmbracelet/colorprofile", "github.com/charmbracelet/ultraviolet", "github.com/charmbracelet/x/ansi",
		"github.com/charmbracelet/x/term", "github.com/charmbracelet/x/termios", "github.com/charmbracelet/x/windows", "github.com/clipperhouse/displaywidth",
		"github.com/clipperhouse/uax29/v2", "github.com/lucasb-eyer/go-colorful", "github.com/mattn/go-runewidth", "github.com/muesli/cancelreader",
		"github.com/rivo/uniseg", "github.com/xo/terminfo", "golang.org/x/sync"}
	progress = []string{"github.com/vbauerster/mpb/v8", "github.com/vbauerster/cupwriter", "github.com/VividCortex/ewma", "github.com/acarl005/stripansi",
		"github.com/mattn/go-runewidth", "github.com/clipperhouse/uax29/v2"}
)

// arrows hold for the first line that matches a package. A package without a
// line is an error: new packages get one, here and in the drawing.
var arrows = []arrow{
	{folder: "codecs/wire"},
	{folder: "codecs/zproto"},
	{folder: "codecs/zproto/internal/...", ours: []string{"codecs/wire"}}, // what is generated for its tests
	{folder: "codecs/cmd/zproto", ours: []string{"codecs/zproto"}, theirs: []string{kongCLI}},
	{folder: "codecs/bench/...", ours: []string{"codecs/bench/...", "codecs/wire", "codecs/zre", "codecs/fmq"}, theirs: serializers},
	{folder: "codecs/zre", ours: []string{"codecs/wire"}},
	{folder: "codecs/zre1", ours: []string{"codecs/wire"}},
	{folder: "codecs/fmq", ours: []string{"codecs/wire"}},
	{folder: "codecs/fmq1", ours: []string{"codecs/wire"}},
	{folder: "codecs/zrelog", ours: []string{"codecs/wire"}},
	{folder: "codecs/nom", ours: []string{"codecs/wire"}},
	{folder: "codecs/securenom", ours: []string{"codecs/wire"}},
	{folder: "codecs/mdp/...", ours: []string{"codecs/wire"}},
	{folder: "codecs/internal/...", ours: []string{"codecs/wire"}}, // for tests
	{folder: "codecs/machine", ours: []string{"codecs/wire", "codecs/zsock"}},
	{folder: "codecs/machine/...", ours: []string{"codecs/wire", "codecs/zsock", "codecs/machine/..."}},
	{folder: "codecs/zsock/...", ours: []string{"codecs/zsock"}},
	{folder: "codecs/zmtp", ours: []string{"codecs/zsock"}, theirs: curve},
	{folder: "codecs/libzmq", ours: []string{"codecs/zsock"}, theirs: []string{zmq4}},

	{folder: "libfmq/sasl"},
	{folder: "libfmq/internal/dir", theirs: notify},
	{folder: "libfmq/internal/inbox", ours: []string{"libfmq/internal/dir"}, theirs: notify},
	{folder: "libfmq/internal/virtual"},
	{folder: "libfmq/internal/server", ours: append([]string{"libfmq/internal/dir", "libfmq/internal/virtual"}, peering...), theirs: notify},
	{folder: "libfmq/internal/client", ours: peering},
	{folder: "libfmq/...", ours: files, theirs: filesUse},
	{folder: "zpl"},
	{folder: "rfcs/..."}, // and tests alone import it: it is in no other line

	{folder: "libzyre/beacon", theirs: network},
	{folder: "libzyre/groups"},
	{folder: "libzyre/harmony", ours: []string{"codecs/zsock"}},
	{folder: "libzyre/internal/core", ours: []string{"codecs/wire", "codecs/zre", "codecs/zsock", "libzyre/groups"}}, // of zsock: ErrFull
	{
		folder: "libzyre/internal/node",
		ours: []string{"codecs/wire", "codecs/zre", "codecs/zsock", "libzyre/groups", "libzyre/harmony", "libzyre/internal/core", // of harmony: its events
			"libzyre/internal/record", "libzyre/trace"},
	},
	{
		folder: "libzyre/internal/share",
		ours:   append([]string{"codecs/zre", "libzyre/groups", "libzyre/internal/core"}, files...), theirs: append([]string{uuid, lock}, filesUse...),
	},
	{folder: "libzyre/trace", ours: []string{"codecs/wire", "codecs/zre", "codecs/zsock", "libzyre/groups", "libzyre/internal/core"}},
	{folder: "libzyre/internal/report", ours: []string{"codecs/wire", "codecs/zre", "codecs/zrelog", "codecs/zsock", "libzyre/groups", "libzyre/internal/core"}},
	{folder: "libzyre/collector", ours: []string{"codecs/wire", "codecs/zrelog", "codecs/zsock", "codecs/zmtp"}, theirs: curve},
	{folder: "libzyre/internal/record", ours: []string{"codecs/wire", "codecs/zre", "codecs/zsock", "libzyre/groups", "libzyre/harmony", "libzyre/internal/core", "libzyre/trace"}},
	{folder: "libzyre/...", ours: node, theirs: nodeUses},

	// The worker of the bench compares transports; nothing else of tools has
	// cgo in it, unless it is built with -tags libzmq.
	{
		folder: "tools/dev/benchnode",
		ours:   append([]string{"codecs/libzmq", "tools/netlab"}, node...),
		theirs: append([]string{kongCLI, zmq4}, nodeUses...),
	},
	{folder: "tools/dev/benchfmq", ours: files, theirs: append([]string{kongCLI}, filesUse...)},
	{
		folder: "tools/dev/specs", ours: []string{"codecs/zproto"},
		theirs: []string{"github.com/goccy/go-graphviz", "github.com/tetratelabs/wazero", "github.com/flopp/go-findfont", "github.com/fogleman/gg",
			"github.com/disintegration/imaging", "github.com/golang/freetype", "golang.org/x/image", "golang.org/x/text", "golang.org/x/sys"},
	},
	{folder: "tools/dev/...", ours: []string{"tools/dev/..."}, theirs: []string{kongCLI, "golang.org/x/sys", "golang.org/x/term"}},
	{
		folder: "tools/internal/scripttest", // for tests: no tool may reach it
		ours:   append([]string{"tools/internal/cli", "tools/internal/manual", "tools/internal/show", "tools/netlab"}, node...),
		theirs: append([]string{kongCLI, "github.com/rogpeppe/go-internal", "go.uber.org/goleak", "golang.org/x/tools"}, nodeUses...),
	},
	{
		folder: "tools/guide/nomd/...",
		ours:   []string{"tools/...", "codecs/machine/...", "codecs/nom", "codecs/securenom", "codecs/wire", "codecs/zsock", "codecs/zmtp", "libfmq/sasl"},
		theirs: append([]string{kongCLI}, curve...),
	},
	{folder: "tools/netlab", theirs: []string{"golang.org/x/sys"}},
	{folder: "tools/cmd/zretester", ours: tool, theirs: testerUses},
	{folder: "tools/internal/zretester", ours: tool, theirs: testerUses},
	{folder: "tools/cmd/filemq", ours: tool, theirs: fileToolUses},
	{folder: "tools/cmd/track", ours: tool, theirs: fileToolUses},
	{folder: "tools/internal/bars", ours: tool, theirs: fileToolUses},
	{folder: "tools/internal/filemq", ours: tool, theirs: fileToolUses},
	{folder: "tools/internal/track", ours: tool, theirs: fileToolUses},
	{folder: "tools/internal/fmqconfig", ours: tool, theirs: fileToolUses},
	{folder: "tools/internal/state", ours: tool, theirs: append(stateUses, nodeUses...)},
	{folder: "tools/internal/doctor", ours: tool, theirs: append(doctorUses, toolUses...)},
	{folder: "tools/cmd/zyre", ours: tool, theirs: zyreToolUses},
	{folder: "tools/internal/zyre", ours: tool, theirs: zyreToolUses},
	{folder: "tools/internal/top/browser", ours: []string{"tools/netlab"}, theirs: append([]string{"golang.org/x/sys"}, browserUses...)}, // for tests: no tool may reach it
	{folder: "tools/internal/top", ours: tool, theirs: testerUses},
	{folder: "tools/internal/zyrelog/...", ours: tool, theirs: logUses},
	{folder: "tools/internal/zyretrace", ours: tool, theirs: toolUses},
	{folder: "tools/cmd/dechat", ours: tool, theirs: append(stateUses, toolUses...)},
	{folder: "tools/internal/dechat", ours: tool, theirs: append(stateUses, toolUses...)},
	{folder: "tools/...", ours: tool, theirs: toolUses},
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Standard   bool
	Module     *struct{ Path string }
	CgoFiles   []string
	Imports    []string
	Deps       []string
	DepOnly    bool
}

func TestArrows(t *testing.T) {
	all := list(t)
	for _, p := range all {
		if p.DepOnly {
			continue
		}
		folder := below(p.ImportPath)
		at := slices.IndexFunc(arrows, func(a arrow) bool { return within(folder, a.folder) })
		if at < 0 {
			t.Errorf("%s has no line in the table of arrows: give it one", folder)
			continue
		}
		told := map[string]bool{}
		for _, name := range p.Deps {
			dep, ok := all[name]
			switch {
			case !ok || dep.Standard:
			case repo.Ours(name):
				if !slices.ContainsFunc(arrows[at].ours, func(may string) bool { return within(below(name), may) }) {
					t.Errorf("%s depends on %s, which no arrow allows", folder, below(name))
				}
			case !slices.Contains(arrows[at].theirs, dep.Module.Path) && !told[dep.Module.Path]:
				told[dep.Module.Path] = true
				t.Errorf("%s depends on %s of %s, which no arrow allows", folder, name, dep.Module.Path)
			}
		}
	}
}

// TestOneCgo asserts that libzmq is bound in one package, and that no other
// package, ours or theirs, has cgo in it, even in builds that have libzmq. The
// standard library is not meant: its net has some, which CGO_ENABLED=0 does
// without.
func TestOneCgo(t *testing.T) {
	const binding = repo.Prefix + "/codecs/libzmq"
	for name, p := range list(t, "-tags=libzmq") {
		if p.Standard {
			continue
		}
		if len(p.CgoFiles) > 0 && name != binding && name != zmq4 {
			t.Errorf("%s has cgo in it: %v", name, p.CgoFiles)
		}
		if slices.Contains(p.Imports, zmq4) && name != binding {
			t.Errorf("%s imports %s: only %s may", name, zmq4, binding)
		}
	}
}

// list asks the go command about every package of the workspace, and every
// package that those depend on.
func list(t *testing.T, flags ...string) map[string]listed {
	t.Helper()
	root, err := repo.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	env := &repo.Env{Context: context.Background(), Root: root, Stdout: io.Discard, Stderr: io.Discard}
	args := append([]string{"list", "-deps", "-json=ImportPath,Standard,Module,CgoFiles,Imports,Deps,DepOnly"}, flags...)
	c := env.Command("go", append(args, "work")...)
	out, err := c.With("CGO_ENABLED=1").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
	if len(all) == 0 {
		t.Fatal("go list knows no package at all")
	}
	return all
}

func below(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, repo.Prefix), "/")
}

// within reports whether a folder is the one of the pattern, or below it when
// the pattern ends with "/...".
func within(folder, pattern string) bool {
	if up, ok := strings.CutSuffix(pattern, "/..."); ok {
		return folder == up || strings.HasPrefix(folder, up+"/")
	}
	return folder == path.Clean(pattern)
}

// The table is worth something only if it has teeth.
func TestWithin(t *testing.T) {
	for _, c := range []struct {
		folder, pattern string
		want            bool
	}{
		{"codecs/wire", "codecs/wire", true},
		{"codecs/wirelike", "codecs/wire", false},
		{"codecs/zsock/zsocktest", "codecs/zsock", false},
		{"codecs/zsock/zsocktest", "codecs/zsock/...", true},
		{"codecs/zsock", "codecs/zsock/...", true},
		{"codecs/zsocket", "codecs/zsock/...", false},
	} {
		if got := within(c.folder, c.pattern); got != c.want {
			t.Errorf("within(%q, %q) = %v", c.folder, c.pattern, got)
		}
	}
}
