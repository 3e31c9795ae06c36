package zsock

import (
	"errors"
	"fmt"
	"syscall"
)

// ExplainLimit is for transports: it turns an error that comes from running out of descriptors, of which a peer takes that
// many, into one that is ErrLimit and says what to do. Other errors, and nil, it returns as they are.
//
// Draft: may change.
func ExplainLimit(err error, perPeer int) error {
	if err == nil || !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
		return err
	}
	n := Descriptors()
	return fmt.Errorf("%w: the process may open %d descriptors, a peer takes up to %d of them: raise the limit with 'ulimit -n %d' before the program starts (for a service: LimitNOFILE=), or connect fewer peers (%w)",
		ErrLimit, n, perPeer, max(4*n, 65536), err)
}
