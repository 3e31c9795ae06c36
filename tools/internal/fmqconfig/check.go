package fmqconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/zeromq/gozyre/zpl"
)

// checks are what values have to be, beyond their types. The paths are those
// of zpl.Node.Walk without indices.
var checks = map[string]func(value string) error{
	"/server/monitor":                  period,
	"/server/heartbeat":                period,
	"/server/expired":                  period,
	"/server/clients":                  atLeastOne,
	"/server/cache":                    folder,
	"/publish/location":                directory,
	"/publish/virtual":                 CheckPath,
	"/publish/group":                   name,
	"/security/plain/account/login":    name,
	"/security/plain/account/password": password,
	"/security/plain/account/group":    name,
	"/bind/endpoint":                   func(v string) error { _, err := Endpoint(v, true); return err },
	"/client/inbox":                    folder,
	"/client/login":                    name,
	"/client/password":                 password,
	"/client/window":                   window,
	"/client/heartbeat":                period,
	"/client/expired":                  period,
	"/client/queue":                    atLeastOne,
	"/connect/endpoint":                func(v string) error { _, err := Endpoint(v, false); return err },
	"/subscribe/path":                  CheckPath,
}

// required are the names that a section needs.
var required = map[string][]string{
	"/publish":                {"location"},
	"/security/plain/account": {"login", "password"},
	"/connect":                {"endpoint"},
	"/subscribe":              {"path"},
}

// seconds reads what zpl has found to be a duration.
func seconds(value string) time.Duration {
	if strings.Trim(value, "+-.0123456789") == "" {
		value += "s"
	}
	d, _ := time.ParseDuration(value)
	return d
}

const (
	shortest = time.Millisecond
	longest  = 24 * time.Hour
)

func period(value string) error {
	if d := seconds(value); d < shortest || d > longest {
		return errors.New("from 1ms to 24h is possible")
	}
	return nil
}

func atLeastOne(value string) error {
	if n, err := strconv.Atoi(value); err != nil || n < 1 {
		return errors.New("at least 1 is possible")
	}
	return nil
}

func window(value string) error {
	var to struct {
		Window int64 `zpl:"window,size"`
	}
	text := zpl.Node{Children: []*zpl.Node{{Name: "window", Value: value}}}
	if err := text.Decode(&to); err != nil || to.Window < 1_000_000 || to.Window > 1<<30 {
		return errors.New("from 1MB to 1GiB is possible")
	}
	return nil
}

func name(value string) error {
	switch {
	case value == "":
		return errors.New("write a name, of 1 to 255 octets")
	case len(value) > 255:
		return fmt.Errorf("%d octets are too many: 255 are possible", len(value))
	case strings.IndexByte(value, 0) >= 0:
		return errors.New("a name has no NUL octet in it")
	}
	return nil
}

// password may be empty: some have such.
func password(value string) error {
	switch {
	case len(value) > 255:
		return fmt.Errorf("%d octets are too many: 255 are possible", len(value))
	case strings.IndexByte(value, 0) >= 0:
		return errors.New("a password has no NUL octet in it")
	}
	return nil
}

// CheckPath refuses what is no virtual path.
func CheckPath(path string) error {
	if !strings.HasPrefix(path, "/") {
		return errors.New("a virtual path begins with /")
	}
	trimmed := strings.TrimSuffix(path[1:], "/")
	for part := range strings.SplitSeq(trimmed, "/") {
		switch {
		case trimmed == "":
		case part == "", part == ".", part == "..":
			return errors.New("what stands between two / is a name, and neither . nor ..")
		case strings.IndexByte(part, 0) >= 0:
			return errors.New("a path has no NUL octet in it")
		}
	}
	if len(path) > 4096 {
		return fmt.Errorf("%d octets are too many: 4096 are possible", len(path))
	}
	return nil
}

// clean is a path without the / at its end, which means nothing.
func clean(path string) string { return "/" + strings.Trim(path, "/") }

// directory is one that has to be there.
func directory(path string) error {
	info, err := os.Stat(path)
	switch {
	case path == "":
		return errors.New("write the name of a directory")
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no such directory%s: make it, or correct the name", from(path))
	case err != nil:
		return plainly(err)
	case !info.IsDir():
		return errors.New("it is no directory: name the one that it is in")
	}
	return nil
}

// folder is a directory that is made if it is not there.
func folder(path string) error {
	info, err := os.Stat(path)
	switch {
	case path == "":
		return errors.New("write the name of a directory")
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return plainly(err)
	case !info.IsDir():
		return errors.New("there is something else of that name, which is no directory")
	}
	return nil
}

// from says where a relative name is looked for.
func from(path string) string {
	if here, err := os.Getwd(); err == nil && !filepath.IsAbs(path) {
		return " (seen from " + here + ")"
	}
	return ""
}

// plainly is an error of the system without the name, which stands beside it.
func plainly(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
