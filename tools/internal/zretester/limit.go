package zretester

import (
	"math"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

// crowd is how many nodes of a pool of so many may run at once. Each place is taken half of the time: that
// more than this run would happen once in a thousand runs or so, and is prevented.
func crowd(nodes int) int {
	return min(nodes, nodes/2+int(math.Ceil(3*math.Sqrt(float64(nodes)))))
}

// needs is how many descriptors a process takes in which so many of all nodes run: each has a connection to
// each other one, and one from it, and its own few sockets.
func needs(here, all int) int { return here*(2*(all-1)+8) + 64 }

// share is the part that one of so many processes has, rounded up.
func share(all, of int) int { return (all + of - 1) / of }

// checkLimit refuses a pool for which a process may not have enough descriptors.
func checkLimit(s *Scenario, limit int) error {
	all := crowd(s.Nodes)
	of := max(1, s.Processes, s.Namespaces)
	if limit <= 0 || needs(share(all, of), all) <= limit {
		return nil
	}
	for more := of + 1; more <= min(maxProcesses, s.Nodes); more++ {
		if needs(share(all, more), all) <= limit {
			flag := "--processes"
			if s.Namespaces > 0 {
				flag = "--namespaces"
			}
			return cli.Usagef("%d nodes, of which %d may run at once, take %d descriptors in each process, and the limit is %d: "+
				"give %s %d, or raise the limit (ulimit -n %d)", s.Nodes, all, needs(share(all, of), all), limit, flag, more, needs(share(all, of), all))
		}
	}
	return cli.Usagef("%d nodes take more descriptors than the limit of %d allows in any number of processes: raise it (ulimit -n)", s.Nodes, limit)
}
