package binaries

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
	"github.com/zeromq/gozyre/tools/dev/internal/setup"
)

// release is what a dist is about: goreleaser's metadata.json.
type release struct {
	dist    string
	Tag     string
	Version string // the tag without its v
	Commit  string
	Date    time.Time // when it was made
	tools   []string
	paths   map[string]string // of a tool's binary, by Artefact.Name
}

// check is one thing that is tried, and what it needs of the machine.
type check struct {
	what  string
	needs []string // programs
	do    func(context.Context, *release) (string, error)
}

var checks = []check{
	{what: "linux/amd64's tools run where there is nothing else", do: alone},
	{what: "linux/arm64's tools run", needs: []string{"qemu-aarch64"}, do: emulated},
	{what: "dechats of linux/amd64 and linux/arm64 talk", needs: []string{"qemu-aarch64"}, do: talk},
	{what: "bills of materials name what is in the tools", do: billed},
	{what: "the deb comes and goes", needs: []string{"dpkg"}, do: installed},
}

// Try runs what is in a dist, as far as this machine can, and prints a line
// for each thing that was tried, or why it was not.
func Try(e *repo.Env, dist string) error {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" || os.Geteuid() != 0 {
		e.Say("NOT TRIED: the binaries, in a folder with nothing else, under qemu, and as a deb: that takes root on linux/amd64")
		return nil
	}
	r, err := read(dist)
	if err != nil {
		return err
	}
	if err := (&setup.Command{Binaries: true}).Run(e); err != nil {
		e.Say("setup: %v", err)
	}
	for _, c := range checks {
		if lacks := lacking(c.needs); lacks != "" {
			e.Say("NOT TRIED: %s: there is no %s here", c.what, lacks)
			continue
		}
		ctx, cancel := context.WithTimeout(e, time.Minute)
		said, err := c.do(ctx, r)
		cancel()
		if err != nil {
			return fmt.Errorf("tried whether %s: %w", c.what, err)
		}
		e.Say("tried: %s: %s", c.what, said)
	}
	return nil
}

func lacking(programs []string) string {
	for _, name := range programs {
		if _, err := repo.Program(name); err != nil {
			return name
		}
	}
	return ""
}

// read finds out what is in a dist.
func read(dist string) (*release, error) {
	r := &release{dist: dist, paths: map[string]string{}}
	data, err := os.ReadFile(filepath.Join(dist, "metadata.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, err
	}
	made, err := Made(dist)
	if err != nil {
		return nil, err
	}
	r.tools = toolNames(made)
	for _, a := range made {
		r.paths[a.Name] = a.Path
	}
	return r, nil
}

// says checks what a tool's --version printed: name, version, commit with its
// date, and system.
func (r *release) says(tool, system string, out []byte) error {
	begins, ends := fmt.Sprintf("%s %s (commit %s of 20", tool, r.Tag, r.Commit), fmt.Sprintf(", %s, %s)\n", runtime.Version(), system)
	if line := string(out); !strings.HasPrefix(line, begins) || !strings.HasSuffix(line, ends) {
		return fmt.Errorf("%s --version of %s prints %q, where %q…%q was expected", tool, system, line, begins, ends)
	}
	return nil
}
