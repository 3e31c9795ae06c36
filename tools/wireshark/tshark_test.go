//go:build unix

package wireshark_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// field is what a dissector has said, and what that consists of.
type field struct {
	Name   string  `xml:"name,attr"`
	Show   string  `xml:"show,attr"`
	Value  string  `xml:"value,attr"` // the octets, in hexadecimal digits
	Fields []field `xml:"field"`
}

// packet is what all dissectors have said of one.
type packet struct {
	Protos []field `xml:"proto"`
}

// all gives the fields, and those in them, whose names begin so, in order.
func (p packet) all(prefix string) []field {
	var list []field
	var walk func([]field)
	walk = func(fields []field) {
		for _, f := range fields {
			if strings.HasPrefix(f.Name, prefix) {
				list = append(list, f)
			}
			walk(f.Fields)
		}
	}
	walk(p.Protos)
	return list
}

// one gives what the first field of that name shows.
func (p packet) one(name string) string {
	for _, f := range p.all(name) {
		if f.Name == name {
			return f.Show
		}
	}
	return ""
}

// faults is all that the dissector has found wrong.
func (p packet) faults() []string {
	var list []string
	for _, f := range p.all("_ws.expert") {
		for _, kind := range []string{".message.fault", "zeromq.fault", "zre-beacon.fault"} {
			for _, g := range f.Fields {
				if strings.HasSuffix(g.Name, kind) {
					list = append(list, packet{[]field{f}}.one("_ws.expert.message"))
				}
			}
		}
	}
	return list
}

// tshark lets a dissector read a capture. It runs as nobody where we are root, for whom it would load none.
func tshark(t *testing.T, lua, pcap []byte, args ...string) []packet {
	t.Helper()
	dir := t.TempDir()
	script, packetFile := filepath.Join(dir, "gozyre.lua"), filepath.Join(dir, "packets.pcap")
	err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(dir), 0o755), os.WriteFile(script, lua, 0o644), os.WriteFile(packetFile, pcap, 0o644))
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"-n", "-r", packetFile, "-X", "lua_script:" + script, "-T", "pdml"}, args...)
	cmd, output := command(t, "tshark", args...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir)
	if err := asOrdinaryUser(cmd); err != nil {
		t.Fatal(err)
	}
	err = cmd.Run()
	out := output.Bytes()
	said := cmd.Stderr.(*bytes.Buffer).String()
	if err != nil || strings.Contains(said, "ua: ") || strings.Contains(said, "rror") || bytes.Contains(out, []byte("Lua Error")) {
		at := max(bytes.Index(out, []byte("Lua Error")), 0)
		t.Fatalf("tshark: %v: %s%.1000s", err, said, out[at:])
	}
	return packets(t, out)
}

// packets reads PDML.
func packets(t *testing.T, pdml []byte) []packet {
	t.Helper()
	var list []packet
	d := xml.NewDecoder(bytes.NewReader(pdml))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("what tshark says is no XML: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "packet" {
			var p packet
			if err := d.DecodeElement(&p, &start); err != nil {
				t.Fatal(err)
			}
			list = append(list, p)
		}
	}
}

// command is a program that must be there, with a deadline that no hostile capture may reach.
func command(t *testing.T, name string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		netlab.Refuse(t, name+" is missing: install the package tshark")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	out := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, &bytes.Buffer{}
	return cmd, out
}

func asOrdinaryUser(cmd *exec.Cmd) error {
	if os.Geteuid() != 0 {
		return nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return err
	}
	uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
	if err != nil {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	cmd.Dir = "/"
	return nil
}
