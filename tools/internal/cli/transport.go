package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// transports are those that this build has. What takes a C library registers
// itself, in a file with a build tag.
var transports = map[string]zsock.Transport{"zmtp": zmtp.Transport{}}

// Transports returns the names that --transport takes in this build.
func Transports() []string { return slices.Sorted(maps.Keys(transports)) }

// checkTransport refuses a name that this build of the tool does not know.
func checkTransport(name, tool string) error {
	switch {
	case transports[name] != nil:
		return nil
	case name == "libzmq":
		return Usagef("--transport libzmq: this build does not have it: "+
			"`go build -tags libzmq ./tools/cmd/%s` makes one that has, where libzmq and a C compiler are installed", tool)
	default:
		return Usagef("--transport %s: this build has %s", name, strings.Join(Transports(), ", "))
	}
}
