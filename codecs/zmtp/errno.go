package zmtp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// A peer takes two descriptors: the connection to it and the one that it makes back.
const descriptorsPerLink = 2

// Windows has numbers of its own for what package syscall names portably.
const (
	wsaAddrInUse         = syscall.Errno(10048)
	wsaConnectionRefused = syscall.Errno(10061)
)

// explain makes an error of the system's comparable on every system, and says what to do about running out of descriptors.
func explain(err error) error {
	switch {
	case errors.Is(err, wsaAddrInUse):
		return fmt.Errorf("%w (%w)", err, syscall.EADDRINUSE)
	case errors.Is(err, wsaConnectionRefused):
		return fmt.Errorf("%w (%w)", err, syscall.ECONNREFUSED)
	}
	return zsock.ExplainLimit(err, descriptorsPerLink)
}

func isTaken(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaAddrInUse)
}

// removing is for one at a time: else a second one could remove what the first has just put there.
var removing sync.Mutex

// removeDead removes a socket that nobody listens at, and nothing else. It looks twice: between making a socket and
// listening at it nobody listens either.
func removeDead(ctx context.Context, path string) bool {
	for look := range 2 {
		info, err := os.Lstat(path)
		if err != nil || info.Mode().Type() != os.ModeSocket {
			return false
		}
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "unix", path)
		if err == nil {
			c.Close()
			return false
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return false
		}
		if look == 0 {
			select {
			case <-time.After(secondLook):
			case <-ctx.Done():
				return false
			}
		}
	}
	return os.Remove(path) == nil
}

const secondLook = 20 * time.Millisecond
