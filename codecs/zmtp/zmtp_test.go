package zmtp_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
)

func TestMain(m *testing.M) {
	if target := os.Getenv(attackTarget); target != "" {
		attack(target)
		return
	}
	goleak.VerifyTestMain(m)
}

func TestConformance(t *testing.T) { zsocktest.Run(t, zmtp.Transport{}, zmtp.Transport{}) }
