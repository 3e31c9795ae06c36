package doctor

import (
	"fmt"
	"net/netip"
	"runtime"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/tools/internal/doctor/firewall"
)

// dynamic are the ports that a node takes one of.
const dynamicLow, dynamicHigh = 49152, 65535

// tcpPorts is what peers connect to, as a range that a firewall takes.
func (f *Facts) tcpPorts(dash string) string {
	if f.TCPPort != 0 {
		return strconv.Itoa(int(f.TCPPort))
	}
	return fmt.Sprint(dynamicLow, dash, dynamicHigh)
}

// let are commands that let packets pass the filter that stops them.
func (f *Facts) let(v firewall.Verdict, proto firewall.Proto, in bool) []string {
	colon, dash := f.tcpPorts(":"), f.tcpPorts("-")
	if proto == firewall.UDP {
		colon = strconv.Itoa(int(f.Port))
		dash = colon
	}
	direction, way := "", "INPUT"
	if !in {
		direction, way = "out ", "OUTPUT"
	}
	p := v.Place
	switch {
	case f.Firewall.Manager == "ufw":
		return []string{fmt.Sprintf("sudo ufw allow %s%s/%s", direction, colon, proto)}
	case f.Firewall.Manager == "firewalld" && in:
		return []string{fmt.Sprintf("sudo firewall-cmd --add-port=%s/%s", dash, proto),
			fmt.Sprintf("sudo firewall-cmd --permanent --add-port=%s/%s", dash, proto)}
	case p.Tool == "iptables":
		table := ""
		if p.Table != "filter" {
			table = "-t " + quote(p.Table) + " "
		}
		return []string{fmt.Sprintf("sudo iptables %s-I %s -p %s --dport %s -j ACCEPT", table, quote(p.Chain), proto, colon)}
	case p.Tool == "nft":
		return []string{fmt.Sprintf("sudo nft insert rule %s %s %s %s dport %s accept", p.Family, quote(p.Table), quote(p.Chain), proto, dash)}
	case runtime.GOOS == "darwin":
		return []string{"/usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate"}
	case runtime.GOOS == "windows":
		return []string{fmt.Sprintf("netsh advfirewall firewall add rule name=Zyre dir=in action=allow protocol=%s localport=%s", proto, dash)}
	}
	return []string{fmt.Sprintf("sudo iptables -I %s -p %s --dport %s -j ACCEPT", way, proto, colon)}
}

// addRoute is the command that makes what a broadcast needs.
func addRoute(name string, n Net) string {
	return fmt.Sprintf("sudo ip route replace broadcast %v dev %s table local proto kernel scope link src %v", n.Target, quote(name), n.Prefix.Addr())
}

// whoHas is the command that lists who has a port.
func whoHas(proto string, port uint16) string {
	switch runtime.GOOS {
	case "linux":
		return fmt.Sprintf("sudo ss -%slpn 'sport = :%d'", proto[:1], port)
	case "windows":
		return "netstat -ano -p " + proto
	}
	return fmt.Sprintf("sudo lsof -nP -i%s:%d", proto, port)
}

// lookAt is the command that asks whether a neighbour is there.
func lookAt(a netip.Addr) string {
	if runtime.GOOS == "windows" {
		return "ping -n 3 " + a.String()
	}
	return "ping -c 3 " + a.String()
}

// quote makes a word of a shell of what others may have named.
func quote(word string) string {
	if word == "" {
		return "''"
	}
	for _, c := range word {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == ':' || c == '/') {
			return "'" + escapeQuotes(word) + "'"
		}
	}
	return word
}

// escapeQuotes is for a word between single quotes.
func escapeQuotes(word string) string { return strings.ReplaceAll(word, "'", `'\''`) }

// letReplies are commands that let pass what belongs to connections that were made.
func letReplies(p firewall.Place) []string {
	if p.Tool == "iptables" {
		return []string{fmt.Sprintf("sudo iptables -I %s -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT", quote(p.Chain))}
	}
	return []string{fmt.Sprintf("sudo nft insert rule %s %s %s ct state established,related accept", p.Family, quote(p.Table), quote(p.Chain))}
}

// where says which rule it is.
func where(p firewall.Place) string {
	in := fmt.Sprintf("%s, table %s %s, chain %s: ", p.Tool, p.Family, p.Table, p.Chain)
	switch {
	case p.Policy:
		return in + p.Text + ", and no rule lets it pass"
	case p.Text != "":
		return in + p.Text
	}
	return fmt.Sprintf("%srule with handle %d", in, p.Handle)
}
