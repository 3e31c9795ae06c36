package netlab

// Isolate keeps the hosts of the switch apart, as access points can: what one
// broadcasts all others still hear, and nothing else passes.
func (s *Switch) Isolate() {
	s.host.lab.tb.Helper()
	s.host.nft("add table bridge isolation\n" +
		"add chain bridge isolation forward { type filter hook forward priority 0; }\n" +
		"add rule bridge isolation forward ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 drop\n")
}
