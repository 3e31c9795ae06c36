package fmqconfig

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/zeromq/gozyre/tools/internal/show"
)

// Password reads a password from a file: all of it but one line end at its end.
// The warning, if there is one, says that others can read it, too.
func Password(file string) (password, warning string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", "", fmt.Errorf("--password-file: %w", err)
	}
	defer f.Close()
	const most = 255 // octets, by RFC 4616 as rfcs/filemq has it
	data, err := io.ReadAll(io.LimitReader(f, most+3))
	if err != nil {
		return "", "", fmt.Errorf("--password-file: %w", err)
	}
	data = bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
	switch {
	case len(data) == 0:
		return "", "", fmt.Errorf("--password-file %s: it is empty: write the password into it", show.Text(file))
	case len(data) > most:
		return "", "", fmt.Errorf("--password-file %s: a password has at most %d octets", show.Text(file), most)
	case bytes.ContainsAny(data, "\x00\n"):
		return "", "", fmt.Errorf("--password-file %s: a password is one line, without NUL octets", show.Text(file))
	}
	if info, err := f.Stat(); err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o004 != 0 {
		warning = fmt.Sprintf("everybody on this machine can read %s: chmod 600 helps", show.Text(file))
	}
	return string(data), warning, nil
}
