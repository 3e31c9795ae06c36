//go:build unix

package libzmq

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/pebbe/zmq4"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// TestDescriptorsRunOut dials in a process of its own, which may open 200 descriptors, until that is refused.
func TestDescriptorsRunOut(t *testing.T) {
	const role = "LIBZMQ_TEST_DESCRIPTORS"
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
	lower(t, 200)
	s, err := Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	links := 0
	for ; links < 1000; links++ {
		if _, err = s.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://127.0.0.1:1", SendOnly: true}); err != nil {
			break
		}
	}
	if !errors.Is(err, zsock.ErrLimit) || !errors.Is(err, syscall.EMFILE) {
		t.Fatalf("after %d links: got %v, want ErrLimit", links, err)
	}
	for _, part := range []string{"200 descriptors", "ulimit -n"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

func TestMoreSocketsThanLibzmqsDefault(t *testing.T) {
	if zsock.Descriptors() != 0 && zsock.Descriptors() < 4000 {
		if os.Getenv("CI") == "true" {
			t.Fatalf("only %d descriptors, and CI has to have 4000", zsock.Descriptors())
		}
		t.Skipf("only %d descriptors", zsock.Descriptors())
	}
	s, err := Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const n = zmq4.MaxSocketsDflt + 100
	for i := range n {
		l, err := s.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://127.0.0.1:1", SendOnly: true})
		if err != nil {
			t.Fatalf("link %d: %v", i, err)
		}
		if err := l.Send([][]byte{[]byte("nobody hears")}); err != nil {
			t.Fatalf("link %d: %v", i, err)
		}
	}
	if got := s.Stats().Sockets; got != n {
		t.Errorf("%d sockets, want %d", got, n)
	}
}

// TestPebbeIsAsWeKnowIt: native.go reads two fields of its types.
func TestPebbeIsAsWeKnowIt(t *testing.T) {
	ctx, err := zmq4.NewContext()
	if err != nil {
		t.Fatal(err)
	}
	z, err := ctx.NewSocket(zmq4.PAIR)
	if err != nil {
		t.Fatal(err)
	}
	if pointer(ctx, "ctx") == nil || pointer(z, "soc") == nil {
		t.Error("the fields ctx of Context and soc of Socket are not what they were")
	}
	if pointer(z, "no such field") != nil || pointer(z, "opened") != nil {
		t.Error("a field that is no pointer gives one")
	}
	if err := errors.Join(z.Close(), ctx.Term()); err != nil {
		t.Error(err)
	}
}

func TestFault(t *testing.T) {
	if err := fault(fmt.Errorf("bind: %w", zmq4.EADDRINUSE)); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v", err)
	}
	if err := fault(zmq4.ETERM); err.Error() != "Context was terminated" {
		t.Errorf("got %v", err)
	}
	if err := fault(os.ErrClosed); err != os.ErrClosed {
		t.Errorf("got %v", err)
	}
}

// lower lowers the number of descriptors that this process may open.
func lower(t *testing.T, n uint64) {
	t.Helper()
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	l.Cur = n
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
}
