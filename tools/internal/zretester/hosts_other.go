//go:build !linux

package zretester

import "github.com/zeromq/gozyre/tools/internal/cli"

func (t *tester) settleHosts(*crew) (end func(), err error) {
	return nil, cli.Usagef("--namespaces: network namespaces exist on Linux only")
}
