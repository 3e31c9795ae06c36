package binaries

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Where there is nothing else, what needs a library does not run, and what
// needs none does.
func TestChrooted(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("NOT TESTED: chroot takes root")
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	if shell, err = filepath.EvalSymlinks(shell); err != nil {
		t.Fatal(err)
	}
	if program, err := elf.Open(shell); err != nil {
		t.Fatal(err)
	} else if libraries, _ := program.ImportedLibraries(); len(libraries) == 0 {
		t.Skipf("NOT TESTED: %s needs no library here", shell)
	}
	if out, err := chrooted(t.Context(), shell, "-c", "exit 0"); err == nil || !strings.Contains(err.Error(), "it wants a library") {
		t.Errorf("%s runs without its libraries: %v, %s", shell, err, out)
	}

	source := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"here\") }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	static := filepath.Join(t.TempDir(), "static")
	if _, err := here(t).Command("go", "build", "-o", static, source).With(hermetic...).Output(); err != nil {
		t.Fatal(err)
	}
	if out, err := chrooted(t.Context(), static); string(out) != "here\n" {
		t.Errorf("what needs nothing does not run: %v, %s", err, out)
	}
}
