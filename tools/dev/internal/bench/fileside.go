package bench

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// serve starts the column's server for a folder, and returns when it can be reached.
func (b *bout) serve(source string) (*program, error) {
	if b.side == cp {
		return nobody, nil
	}
	port, err := free()
	if err != nil {
		return nil, err
	}
	host := fmt.Sprintf("127.0.0.1:%d", port)
	args, at := []string{b.lab.filemq, "serve", source, "--bind", "tcp://" + host}, "tcp://"+host
	if b.side == rsync {
		config := b.in("rsyncd.conf")
		if err := os.WriteFile(config, []byte(b.daemon(port, source)), 0o600); err != nil {
			return nil, err
		}
		args, at = []string{b.lab.rsync, "--daemon", "--no-detach", "--config=" + config}, "rsync://"+host+"/files/"
	}
	p, err := b.start(args)
	if err != nil {
		return nil, err
	}
	p.at = at
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		c, err := net.DialTimeout("tcp4", host, time.Second)
		if err == nil {
			c.Close()
			return p, nil
		}
		select {
		case <-again.C:
		case <-p.exited:
			return nil, p.told(errors.Join(errors.New("it does not serve"), p.result))
		}
	}
}

// daemon is rsync's configuration.
func (b *bout) daemon(port int, source string) string {
	text := fmt.Sprintf("address = 127.0.0.1\nport = %d\nuse chroot = no\nlog file = %s\nlock file = %s\npid file = %s\n",
		port, b.in("rsyncd.log"), b.in("rsyncd.lock"), b.in("rsyncd.pid"))
	if os.Geteuid() == 0 { // else it becomes nobody, who may not read our files
		text += "uid = 0\ngid = 0\n"
	}
	return text + fmt.Sprintf("[files]\npath = %s\nread only = yes\n", source)
}

// client is the column's command line that fetches everything and ends.
func (b *bout) client(at, source, inbox string) []string {
	switch b.side {
	case rsync:
		return []string{b.lab.rsync, "-a", at, inbox + "/"}
	case cp:
		return []string{"cp", "-R", source, inbox}
	}
	return []string{b.lab.filemq, "get", at, "/", inbox, "--resync", "--once"}
}
