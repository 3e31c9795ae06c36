//go:build !linux

package beacon

import "net"

// addresses reads the addresses of the interfaces that are up, by index.
func addresses(all []net.Interface) (map[int][]net.Addr, error) {
	found := map[int][]net.Addr{}
	for _, ifi := range all {
		if ifi.Flags&net.FlagUp == 0 {
			continue
		}
		if addrs, err := ifi.Addrs(); err == nil { // else it went while we looked
			found[ifi.Index] = addrs
		}
	}
	return found, nil
}
