// Package programtest runs the program that a test belongs to.
package programtest

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

const patience = 20 * time.Second

// Start runs the test's own executable with RUN_AS_PROGRAM set, which makes its TestMain call main, on a free port. It gives the endpoint
// that the program says it listens at. When the test ends the program is interrupted, and has to end without a complaint.
func Start(t *testing.T, args ...string) (endpoint string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := exec.Command(exe, append([]string{"-endpoint", "tcp://127.0.0.1:*"}, args...)...)
	program.Env = append(os.Environ(), "RUN_AS_PROGRAM=1", "GORACE=halt_on_error=1 atexit_sleep_ms=0")
	var complaints bytes.Buffer
	program.Stderr = &complaints
	stdout, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { program.Process.Kill() })
	line, _ := bufio.NewReader(stdout).ReadString('\n') // at the end of a program that says nothing, it is empty
	late.Stop()
	t.Cleanup(func() {
		late := time.AfterFunc(patience, func() { program.Process.Kill() })
		defer late.Stop()
		program.Process.Signal(os.Interrupt)
		if err := program.Wait(); err != nil || complaints.Len() > 0 {
			t.Errorf("%s: %v\n%s", program, err, &complaints)
		}
	})
	_, endpoint, ok := strings.Cut(strings.TrimSpace(line), " listening at ")
	if !ok {
		t.Fatalf("%s says %q, not where it listens", program, line)
	}
	return endpoint
}
