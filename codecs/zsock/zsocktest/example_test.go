package zsocktest_test

import (
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
)

// The whole test of a transport: who connects is the first one, who listens the second.
func ExampleRun() {
	var t *testing.T          // of your own test
	var mine zsock.Transport  // yours
	var other zsock.Transport // codecs/zmtp's, for instance
	zsocktest.Run(t, mine, mine)
	zsocktest.Run(t, mine, other)
	zsocktest.Run(t, other, mine)
}
