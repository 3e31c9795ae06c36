package beacon

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// watch listens to the kernel's news of interfaces and addresses. What they say is
// left to scan, which has to read the whole in any case.
type watch struct {
	told    chan struct{}
	file    *os.File
	closing chan struct{}
	done    chan struct{}
}

func startWatch() (*watch, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	groups := uint32(unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR)
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("bind", err)
	}
	w := &watch{make(chan struct{}, 1), os.NewFile(uintptr(fd), "netlink"), make(chan struct{}), make(chan struct{})}
	go w.run()
	return w, nil
}

func (w *watch) run() {
	defer close(w.done)
	buf := make([]byte, 8192)
	for {
		_, err := w.file.Read(buf)
		switch {
		case errors.Is(err, os.ErrClosed):
			return
		case err == nil, errors.Is(err, unix.ENOBUFS): // more news than room is news
		default: // never seen; then by the clock
			select {
			case <-w.closing:
				return
			case <-time.After(scanUntold):
			}
		}
		select {
		case w.told <- struct{}{}:
		default:
		}
	}
}

func (w *watch) close() {
	close(w.closing)
	w.file.Close()
	<-w.done
}
