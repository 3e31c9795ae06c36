package zmtp_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) { zsocktest.Run(t, zmtp.Transport{}, zmtp.Transport{}) }
