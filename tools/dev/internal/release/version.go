package release

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/contract"
)

// version is MAJOR, MINOR and PATCH.
type version [3]int

var versionForm = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$`)

// parse reads "v1.2.3". Anything else, "v1.2.3-rc.1" too, is no version of ours.
func parse(text string) (v version, ok bool) {
	found := versionForm.FindStringSubmatch(text)
	if found == nil {
		return v, false
	}
	for i := range v {
		n, err := strconv.Atoi(found[i+1])
		if err != nil {
			return v, false
		}
		v[i] = n
	}
	return v, true
}

func (v version) String() string { return fmt.Sprintf("v%d.%d.%d", v[0], v[1], v[2]) }

func newer(a, b version) int { return slices.Compare(a[:], b[:]) }

// next is the version that follows by SemVer. While the major version is 0, a module has
// no more to break than drafts, and whatever its promises see is a minor version.
func next(last version, worst contract.Kind) version {
	switch {
	case worst == contract.Gone && last[0] > 0:
		return version{last[0] + 1, 0, 0}
	case worst != contract.None:
		return version{last[0], last[1] + 1, 0}
	default:
		return version{last[0], last[1], last[2] + 1}
	}
}

// fits tells whether a module's path is the one of a major version: Go wants it to end in
// /v2 from v2.0.0 on, so that a program can have both.
func fits(path string, v version) error {
	if suffix := fmt.Sprintf("/v%d", v[0]); v[0] >= 2 && !strings.HasSuffix(path, suffix) {
		return fmt.Errorf("%s: what was promised is gone, so %v follows, and Go wants the module's path to end in %s then: "+
			"change it in go.mod, in go.work and in every import, or keep what was removed", path, v, suffix)
	}
	return nil
}
