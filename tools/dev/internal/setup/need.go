package setup

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// need is something that has to be on the machine, and the packages that bring
// it, per package manager. A manager without an entry cannot bring it.
type need struct {
	what     string
	present  func() bool
	packages map[string][]string
	// without says what happens when no package manager can bring it; empty
	// means that there is no going on.
	without string
}

// needed is what a build with libzmq needs.
func needed() []need {
	return []need{
		{
			what:    "a C compiler",
			present: func() bool { return compiler() != "" },
			packages: map[string][]string{
				"apt-get": {"gcc", "libc6-dev"},
				"dnf":     {"gcc", "glibc-devel"},
				"pacman":  {"gcc"},
				"apk":     {"gcc", "musl-dev"},
				"zypper":  {"gcc", "glibc-devel"},
			},
		},
		{
			what:    "pkg-config",
			present: func() bool { return found("pkg-config") },
			packages: map[string][]string{
				"apt-get": {"pkg-config"},
				"dnf":     {"pkgconf-pkg-config"},
				"pacman":  {"pkgconf"},
				"apk":     {"pkgconf"},
				"zypper":  {"pkg-config"},
				"brew":    {"pkgconf"},
			},
		},
		{
			what:    "libzmq with its headers",
			present: func() bool { return works("pkg-config", "--exists", "libzmq") && compiles("zmq.h", "libzmq") },
			packages: map[string][]string{
				"apt-get": {"libzmq3-dev"},
				"dnf":     {"zeromq-devel"},
				"pacman":  {"zeromq"},
				"apk":     {"zeromq-dev"},
				"zypper":  {"zeromq-devel"},
				"brew":    {"zeromq"},
			},
		},
	}
}

// neededByTests is what the tests need on top of that.
func neededByTests() []need {
	var needs []need
	if runtime.GOOS == "linux" {
		needs = append(needs, need{
			what:    "ip (iproute2)",
			present: func() bool { return found("ip") },
			packages: map[string][]string{
				"apt-get": {"iproute2"}, "dnf": {"iproute"}, "pacman": {"iproute2"},
				"apk": {"iproute2"}, "zypper": {"iproute2"},
			},
			without: "tests across network namespaces are skipped",
		}, need{
			what:    "nft (nftables)",
			present: func() bool { return found("nft") },
			packages: map[string][]string{
				"apt-get": {"nftables"}, "dnf": {"nftables"}, "pacman": {"nftables"},
				"apk": {"nftables"}, "zypper": {"nftables"},
			},
			without: "tests of broken networks are skipped",
		})
	}
	return append(needs, need{
		what:    "libczmq with its headers",
		present: func() bool { return works("pkg-config", "--exists", "libczmq") },
		packages: map[string][]string{
			"apt-get": {"libczmq-dev"}, "dnf": {"czmq-devel"}, "apk": {"czmq-dev"},
			"zypper": {"czmq-devel"}, "brew": {"czmq"},
		},
		without: "tests with C's beacon are skipped",
	}, need{
		what:    "the system's Python with pyzmq",
		present: func() bool { return works(python(), "-c", "import zmq") },
		packages: map[string][]string{
			"apt-get": {"python3", "python3-zmq"}, "dnf": {"python3-pyzmq"}, "pacman": {"python-pyzmq"},
			"apk": {"py3-pyzmq"}, "zypper": {"python3-pyzmq"},
		},
		without: "tests with a Python peer are skipped",
	}, need{
		what:    "sqlite3",
		present: func() bool { return found("sqlite3") },
		packages: map[string][]string{
			"apt-get": {"sqlite3"}, "dnf": {"sqlite"}, "pacman": {"sqlite"},
			"apk": {"sqlite"}, "zypper": {"sqlite3"}, "brew": {"sqlite"},
		},
		without: "the test that SQL made from a model is SQL is skipped",
	}, need{
		what:    "tmux",
		present: func() bool { return found("tmux") },
		packages: map[string][]string{
			"apt-get": {"tmux"}, "dnf": {"tmux"}, "pacman": {"tmux"},
			"apk": {"tmux"}, "zypper": {"tmux"}, "brew": {"tmux"},
		},
		without: "tests on a terminal are skipped",
	}, need{
		what:    "chromium",
		present: func() bool { return found("chromium") },
		packages: map[string][]string{
			"apt-get": {"chromium"}, "dnf": {"chromium"}, "pacman": {"chromium"},
			"apk": {"chromium"}, "zypper": {"chromium"},
		},
		without: "tests of the page of zyre top are skipped",
	}, need{
		what:    "tshark with dumpcap",
		present: func() bool { return found("tshark") && found("dumpcap") },
		packages: map[string][]string{
			"apt-get": {"tshark"}, "dnf": {"wireshark-cli"}, "pacman": {"wireshark-cli"},
			"apk": {"tshark"}, "zypper": {"wireshark"}, "brew": {"wireshark"},
		},
		without: "tests of the dissector for Wireshark are skipped",
	}, need{
		what:    "PostgreSQL's server",
		present: postgres,
		packages: map[string][]string{
			"apt-get": {"postgresql"}, "dnf": {"postgresql-server"}, "pacman": {"postgresql"},
			"apk": {"postgresql"}, "zypper": {"postgresql-server"}, "brew": {"postgresql"},
		},
		without: "the test of zyre log with PostgreSQL is skipped",
	}, rsync())
}

// postgres reports whether there is PostgreSQL; Debian has its server outside of
// the PATH, a folder for each version.
func postgres() bool {
	there, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	return len(there) > 0 || found("initdb")
}

// rsync is what the bench holds our files against.
func rsync() need {
	return need{
		what:    "rsync",
		present: func() bool { return found("rsync") },
		packages: map[string][]string{
			"apt-get": {"rsync"}, "dnf": {"rsync"}, "pacman": {"rsync"},
			"apk": {"rsync"}, "zypper": {"rsync"}, "brew": {"rsync"},
		},
		without: "the bench shows our figures of files without rsync's",
	}
}

// qemu is what released binaries of another processor are tried with.
func qemu() need {
	return need{
		what:    "qemu-aarch64 (qemu-user)",
		present: func() bool { return found("qemu-aarch64") },
		packages: map[string][]string{
			"apt-get": {"qemu-user"}, "dnf": {"qemu-user"}, "pacman": {"qemu-user"},
			"apk": {"qemu-aarch64"}, "zypper": {"qemu-linux-user"},
		},
		without: "binaries of linux/arm64 are not tried",
	}
}

// python is the one that the system's packages belong to: another one that is
// first in PATH would not see them.
func python() string {
	if name := "/usr/bin/python3"; works(name, "-c", "") {
		return name
	}
	return "python3"
}

func found(name string) bool {
	_, err := repo.Program(name)
	return err == nil
}

// compiler is the one that cgo would take.
func compiler() string {
	for _, name := range []string{os.Getenv("CC"), "gcc", "clang"} {
		if name != "" {
			if fields := strings.Fields(name); found(fields[0]) {
				return fields[0]
			}
		}
	}
	return ""
}

// compiles reports whether the compiler finds a header with what pkg-config
// says of a library.
func compiles(header, library string) bool {
	cc := compiler()
	if cc == "" {
		return false
	}
	flags, err := probe("", "pkg-config", "--cflags", library)
	if err != nil {
		return false
	}
	_, err = probe("#include <"+header+">\n", cc, append(strings.Fields(flags), "-E", "-x", "c", "-")...)
	return err == nil
}

func works(name string, args ...string) bool {
	_, err := probe("", name, args...)
	return err == nil
}

// probe runs a program that only looks at the machine. None of them has a
// reason to take long.
func probe(stdin, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Stdin = strings.NewReader(stdin)
	out, err := c.Output()
	return string(out), err
}
