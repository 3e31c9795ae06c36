package doctor

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/internal/doctor/firewall"
)

// readFirewall reads the rules by their tools' own commands for that.
func (f *Facts) readFirewall(ctx context.Context) firewall.Rules {
	rules, tried := firewall.Rules{}, 0
	for _, tool := range []struct {
		name    string
		command []string
		parse   func([]byte) (firewall.Rules, error)
	}{
		// What both have is iptables', which tells it better.
		{"iptables", []string{"iptables-save"}, firewall.ParseIPTables},
		{"iptables", []string{"iptables-legacy-save"}, firewall.ParseIPTables},
		{"nft", []string{"nft", "-j", "list", "ruleset"}, firewall.ParseNFT},
	} {
		text, err := read(ctx, tool.command...)
		if errors.Is(err, exec.ErrNotFound) {
			continue
		}
		tried++
		if len(bytes.TrimSpace(text)) == 0 && err == nil {
			continue // iptables has no tables
		}
		var more firewall.Rules
		if err == nil {
			more, err = tool.parse(text)
		}
		if err != nil {
			f.Firewall.Hidden = true
			f.Unseen = append(f.Unseen, "rules of the packet filter: "+strings.Join(tool.command, " ")+": "+err.Error()+"; try: sudo zyre doctor")
			continue
		}
		f.Firewall.Tools = append(f.Firewall.Tools, tool.name)
		rules.Merge(more)
	}
	if tried == 0 {
		f.Firewall.Hidden = true
		f.Unseen = append(f.Unseen, "rules of the packet filter: neither nft nor iptables-save is installed")
	}
	f.Firewall.Manager = manager(ctx, rules, f.Firewall.Hidden)
	return rules
}

// manager names the program that makes the rules.
func manager(ctx context.Context, rules firewall.Rules, hidden bool) string {
	switch {
	case rules.HasTable("firewalld"), rules.HasChain("IN_public"):
		return "firewalld"
	case rules.HasChain("ufw-user-input"):
		return "ufw"
	case !hidden:
		return ""
	}
	if _, err := read(ctx, "firewall-cmd", "--state"); err == nil {
		return "firewalld"
	}
	if conf, _ := os.ReadFile("/etc/ufw/ufw.conf"); bytes.Contains(conf, []byte("\nENABLED=yes")) {
		return "ufw"
	}
	return ""
}

// read runs a program that only tells, and returns what it says.
func read(ctx context.Context, command ...string) ([]byte, error) {
	const patience, most = 5 * time.Second, 32 << 20
	path, err := find(command[0])
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, command[1:]...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.WaitDelay = time.Second
	out, said := bounded{most: most}, bounded{most: 4 << 10}
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		if line, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n"); line != "" {
			err = errors.New(line)
		}
		return nil, err
	}
	if out.full {
		return nil, errors.New("too many of them")
	}
	return out.Bytes(), nil
}

// find looks in the folders of administrators too, which others have not in their PATH.
func find(program string) (string, error) {
	path, err := exec.LookPath(program)
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if err == nil {
			break
		}
		var there error
		if path, there = exec.LookPath(filepath.Join(dir, program)); there == nil {
			err = nil
		}
	}
	if err != nil {
		return "", exec.ErrNotFound
	}
	return path, nil
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	bytes.Buffer
	most int
	full bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.most - b.Len(); len(p) > room {
		b.full = true
		b.Buffer.Write(p[:room])
		return len(p), nil
	}
	return b.Buffer.Write(p)
}

// quoteRules asks nft how it writes the rules that stop something.
func (f *Facts) quoteRules(ctx context.Context) {
	asked := map[firewall.Place]string{}
	for i := range f.Interfaces {
		for n := range f.Interfaces[i].Nets {
			of := &f.Interfaces[i].Nets[n].Filter
			for _, v := range []*firewall.Verdict{&of.UDPIn, &of.UDPOut, &of.TCPIn, &of.TCPOut, &of.TCPReply} {
				p := &v.Place
				if p.Tool != "nft" || p.Handle == 0 {
					continue
				}
				text, done := asked[*p]
				if !done {
					text = ruleText(ctx, *p)
					asked[*p] = text
				}
				p.Text = text
			}
		}
	}
}

// ruleText is a rule in nft's language; empty where that is not to be had.
func ruleText(ctx context.Context, p firewall.Place) string {
	listing, _ := read(ctx, "nft", "-a", "list", "chain", p.Family, p.Table, p.Chain)
	for line := range strings.Lines(string(listing)) {
		text, handle, is := strings.Cut(line, "# handle ")
		if is && strings.TrimSpace(handle) == strconv.Itoa(p.Handle) {
			return strings.TrimSpace(text)
		}
	}
	return ""
}
