package zretester

// guests are nodes of zyre.js in the pool.
type guests struct{}

func newGuests(count int, port uint16, iface string, s *Scenario, seed uint64) *guests {
	return &guests{}
}

func (g *guests) start(t *tester) {}
func (g *guests) close()          {}
func (g *guests) count() int      { return 0 }
