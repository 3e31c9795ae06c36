package lonely

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// elsewhere is the interface on which nothing may be sent.
const elsewhere = "elsewhere"

// Check makes such a namespace for a moment. It returns nil, or an error that
// wraps ErrImpossible and says what is missing.
func Check(e *repo.Env) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: that takes root", ErrImpossible)
	}
	c, err := namespaced(e, "true")
	if err != nil {
		return err
	}
	if _, err := c.Output(); err != nil {
		return fmt.Errorf("%w: %w", ErrImpossible, err)
	}
	return nil
}

// Run runs a program in a fresh namespace and waits for it. It fails when the
// program fails, or when a packet left.
func Run(e *repo.Env, program ...string) error { return run(e, program...) }

// run is Run with the flags of Command in front of the program.
func run(e *repo.Env, program ...string) error {
	c, err := namespaced(e, program...)
	if err != nil {
		return err
	}
	c.Stdin = os.Stdin
	return told(c.Run())
}

// told makes a program's failure one that it has told of itself.
func told(err error) error {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.Exited() {
		return repo.ErrTold
	}
	return err
}

// namespaced prepares this program in a namespace of its own, where it goes on
// in inside.
func namespaced(e *repo.Env, program ...string) (*repo.Cmd, error) {
	c, err := e.Self(append([]string{"alone", "--inside"}, program...)...)
	if err != nil {
		return nil, err
	}
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	return c, nil
}

func inside(e *repo.Env, withElsewhere bool, program []string) error {
	if err := prepare(e, withElsewhere); err != nil {
		return fmt.Errorf("the network of the namespace: %w", err)
	}
	c := e.Command(program[0], program[1:]...)
	c.Stdin = os.Stdin
	if !withElsewhere {
		return told(c.Run())
	}
	before, err := sent(elsewhere)
	if err != nil {
		return err
	}
	runErr := told(c.Run())
	after, err := sent(elsewhere)
	if err != nil {
		return errors.Join(runErr, err)
	}
	if after == before {
		return runErr
	}
	fmt.Fprintf(e.Stderr, "dev: %d packet(s) left on the interface %q: something of this run does not stay on loopback (`go run ./tools/dev alone sh` and tcpdump show what)\n",
		after-before, elsewhere)
	return repo.ErrTold
}

// prepare sets up the network of the namespace that we are in.
func prepare(e *repo.Env, withElsewhere bool) error {
	// New interfaces get no IPv6: the kernel itself would send on them.
	// Loopback is not new and keeps it.
	err := os.WriteFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", []byte("1"), 0)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	ip, err := repo.Program("ip")
	if err != nil {
		return err
	}
	if _, err := e.Command(ip, "link", "set", "lo", "up").Output(); err != nil || !withElsewhere {
		return err
	}
	for _, line := range []string{
		"link add " + elsewhere + " type veth peer name " + elsewhere + "-far",
		"address add 10.203.0.1/24 broadcast + dev " + elsewhere,
		"link set " + elsewhere + "-far up",
		"link set " + elsewhere + " up",
		"route add default via 10.203.0.254 dev " + elsewhere,
	} {
		if _, err := e.Command(ip, strings.Fields(line)...).Output(); err != nil {
			return err
		}
	}
	return nil
}

// sent returns how many packets an interface has sent since it exists.
func sent(name string) (uint64, error) {
	const file = "/proc/self/net/dev"
	data, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		who, numbers, _ := strings.Cut(lines.Text(), ":")
		// eight columns of what came in stand before those of what left:
		// octets, packets
		if f := strings.Fields(numbers); strings.TrimSpace(who) == name && len(f) > 9 {
			return strconv.ParseUint(f[9], 10, 64)
		}
	}
	return 0, fmt.Errorf("%s does not list the interface %q", file, name)
}
