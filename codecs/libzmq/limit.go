package libzmq

import "github.com/zeromq/gozyre/codecs/zsock"

// A peer takes three descriptors: the DEALER's TCP connection, its signaller, and the TCP connection that comes back.
const descriptorsPerLink = 3

// maxSockets is the number of sockets that a context shall hold; libzmq's own default is 1023, its maximum 65,535, and each
// costs 12 octets in every context.
func maxSockets() int {
	const most = 65535
	if n := zsock.Descriptors() / descriptorsPerLink; n > 0 && n < most {
		return max(int(n), 1023)
	}
	return most
}

// limit explains an error that comes from running out of descriptors.
func limit(err error) error { return zsock.ExplainLimit(err, descriptorsPerLink) }
