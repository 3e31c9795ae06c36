//go:build unix

package zmtp_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// TestDescriptorsRunOut dials in a process of its own, which may open 60 descriptors, until they do not suffice.
func TestDescriptorsRunOut(t *testing.T) {
	const role = "ZMTP_TEST_DESCRIPTORS"
	if os.Getenv(role) == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(self, "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), role+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	l.Cur = 60
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	s, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*"})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if _, err := s.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: r.Endpoint(), SendOnly: true}); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.After(patience); ; {
		select {
		case <-s.Inbox().Ready():
		case <-deadline:
			t.Fatal("nobody is told that there are no more descriptors")
		}
		for _, e := range s.Inbox().Take(nil) {
			if e.Type != zsock.Failed || !errors.Is(e.Err, zsock.ErrLimit) {
				continue
			}
			for _, part := range []string{"60 descriptors", "ulimit -n"} {
				if !errors.Is(e.Err, syscall.EMFILE) || !strings.Contains(e.Err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, e.Err)
				}
			}
			return
		}
	}
}
