package fmqconfig

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// Port is where FILEMQ servers listen, by IANA's assignment.
const Port = "5670"

// Endpoint makes an endpoint of what a person writes: "host", "host:5671",
// "::1" and "[::1]:5671" are tcp, at port 5670 if they name none. With listen,
// host and port may be "*". The error says what is wrong, and what to write.
func Endpoint(text string, listen bool) (string, error) {
	scheme, rest, given := strings.Cut(text, "://")
	switch {
	case !given:
		scheme, rest = "tcp", text
	case scheme == "ipc" || scheme == "inproc":
		if rest == "" || strings.IndexByte(rest, 0) >= 0 {
			return "", fmt.Errorf("%s needs a name, such as %[1]s:///run/filemq", scheme)
		}
		return text, nil
	case scheme != "tcp":
		return "", fmt.Errorf("there are tcp://, ipc:// and inproc://")
	}
	host, port, err := net.SplitHostPort(rest)
	if err != nil {
		// Without a port, or an address of IPv6 without brackets.
		host, port = strings.TrimSuffix(strings.TrimPrefix(rest, "["), "]"), Port
		if strings.Contains(host, ":") && net.ParseIP(host) == nil {
			return "", fmt.Errorf("write it as tcp://HOST:%s", Port)
		}
	}
	if host == "" && listen {
		host = "*"
	}
	if host == "" || strings.ContainsAny(host, "/ \t\x00[]") {
		return "", fmt.Errorf("write it as tcp://HOST:%s", Port)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	switch {
	case port == "*" && listen:
	case err != nil || number == 0:
		return "", fmt.Errorf("a port is 1 to 65535%s", map[bool]string{true: ", or * for any that is free"}[listen])
	case host == "*" && !listen:
		return "", fmt.Errorf("name a host to connect to")
	}
	return "tcp://" + net.JoinHostPort(host, port), nil
}
