//go:build !unix

package store

import "testing"

// postgresServer: the test of it runs on Unix.
type postgresServer struct{ dir string }

func startPostgres(t testing.TB) *postgresServer {
	t.Helper()
	t.Skip("a server is started on Unix only")
	return nil
}

func (p *postgresServer) start(testing.TB) {}
func (p *postgresServer) stop(testing.TB)  {}
