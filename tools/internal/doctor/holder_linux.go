package doctor

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// holder finds a program other than this one that has a port of this machine. Root
// alone may ask that about the programs of others; what is not known is zero.
func holder(proto string, port uint16) Holder {
	owners := map[string]int{} // users by socket
	for _, table := range []string{proto, proto + "6"} {
		sockets(table, port, owners)
	}
	h := Holder{}
	for _, user := range owners {
		h = Holder{Known: true, User: user}
	}
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, process := range processes {
		pid, err := strconv.Atoi(filepath.Base(process))
		if err != nil || pid == os.Getpid() {
			continue
		}
		descriptors, _ := os.ReadDir(filepath.Join(process, "fd"))
		for _, d := range descriptors {
			target, err := os.Readlink(filepath.Join(process, "fd", d.Name()))
			if err != nil {
				continue
			}
			if user, is := owners[target]; is {
				name, _ := os.ReadFile(filepath.Join(process, "comm"))
				return Holder{Known: true, User: user, PID: pid, Program: strings.TrimSpace(string(name))}
			}
		}
	}
	return h
}

// sockets adds the sockets of a table in /proc/net that are bound to the port, and of
// TCP those that listen.
func sockets(table string, port uint16, owners map[string]int) {
	file, err := os.Open("/proc/net/" + table)
	if err != nil {
		return
	}
	defer file.Close()
	const listening = "0A"
	wanted := fmt.Sprintf(":%04X", port)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		// sl local remote state queues timer retransmits uid timeout inode …
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 || !strings.HasSuffix(fields[1], wanted) || strings.HasPrefix(table, "tcp") && fields[3] != listening {
			continue
		}
		if user, err := strconv.Atoi(fields[7]); err == nil {
			owners["socket:["+fields[9]+"]"] = user
		}
	}
}
