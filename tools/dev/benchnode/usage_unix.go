//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// processorTime is what this process has used so far.
func processorTime() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// peakMemory is the most that this process has ever had in memory, in octets.
func peakMemory() (float64, error) {
	// On Linux the resource usage takes in what the parent had before exec;
	// this does not.
	if octets, err := status("VmHWM"); err == nil {
		return octets, nil
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return float64(u.Maxrss), nil
	}
	return float64(u.Maxrss) * 1024, nil
}

// residentMemory is what this process has in memory now, in octets.
func residentMemory() (float64, error) {
	if octets, err := status("VmRSS"); err == nil {
		return octets, nil
	}
	out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(os.Getpid())).Output()
	if err != nil {
		return 0, err
	}
	kib, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	return kib * 1024, err
}

// status reads what Linux tells of this process, in octets.
func status(field string) (float64, error) {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 64)
			return kib * 1024, err
		}
	}
	return 0, fmt.Errorf("/proc/self/status has no %s", field)
}

// descriptors is how many this process has open.
func descriptors() (int, error) {
	list, err := os.ReadDir("/dev/fd")
	return len(list) - 1, err // one is the folder itself
}

// descriptorLimit is how many this process may have open. (Go has raised it to the hard limit.)
func descriptorLimit() (int, error) {
	var l syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l)
	return int(min(l.Cur, 1<<30)), err
}
