package beacon

import (
	"net"
	"sync"
)

// shared are the inlets on sockets, one a port for the whole process.
var shared = struct {
	sync.Mutex
	inlets map[door]*tenancy
}{inlets: map[door]*tenancy{}}

// door is what an inlet on a socket listens on.
type door struct {
	network string // udp4 or udp6
	port    uint16
}

// tenancy is an inlet and how many beacons use it.
type tenancy struct {
	*inlet
	door    door
	conn    *net.UDPConn
	tenants int
}

// enter opens a door, or joins those who have it open. Port 0 opens a free one.
// Who enters has to exit.
func enter(network string, port uint16) (*tenancy, error) {
	shared.Lock()
	defer shared.Unlock()
	if t := shared.inlets[door{network, port}]; t != nil {
		t.tenants++
		return t, nil
	}
	conn, err := listen(network, port)
	if err != nil {
		return nil, err
	}
	t := &tenancy{
		inlet:   newInlet(newSocket(conn, network)),
		door:    door{network, uint16(conn.LocalAddr().(*net.UDPAddr).Port)},
		conn:    conn,
		tenants: 1,
	}
	shared.inlets[t.door] = t
	return t, nil
}

// exit closes the door after the last.
func (t *tenancy) exit() {
	shared.Lock()
	defer shared.Unlock()
	if t.tenants--; t.tenants == 0 {
		delete(shared.inlets, t.door)
		t.end()
	}
}
