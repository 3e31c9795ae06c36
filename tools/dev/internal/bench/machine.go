package bench

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Machine is what the figures were measured on.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	System string `json:"system"`
	Go     string `json:"go"`
	Libzmq string `json:"libzmq"`
	Rsync  string `json:"rsync,omitempty"`
}

// String is for people.
func (m Machine) String() string {
	text := fmt.Sprintf("%s, %d cores, %s, %s, libzmq %s", m.CPU, m.Cores, m.System, m.Go, m.Libzmq)
	if m.Rsync != "" {
		text += ", rsync " + m.Rsync
	}
	return text
}

// machine describes this one as far as it can.
func machine(e *repo.Env) Machine {
	m := Machine{CPU: runtime.GOARCH, Cores: runtime.NumCPU(), System: runtime.GOOS, Go: runtime.Version(), Libzmq: "unknown"}
	if name := cpuName(e); name != "" {
		m.CPU = name
	}
	if v := said(e, "uname", "-sr"); v != "" {
		m.System = v
	}
	if v := said(e, "pkg-config", "--modversion", "libzmq"); v != "" {
		m.Libzmq = v
	}
	if words := strings.Fields(said(e, "rsync", "--version")); len(words) > 2 { // "rsync  version 3.2.7  protocol version 31"
		m.Rsync = words[2]
	}
	return m
}

func cpuName(e *repo.Env) string {
	if runtime.GOOS == "darwin" {
		return said(e, "sysctl", "-n", "machdep.cpu.brand_string")
	}
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func said(e *repo.Env, name string, args ...string) string {
	out, err := e.Command(name, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
