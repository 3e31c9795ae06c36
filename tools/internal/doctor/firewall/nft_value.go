package firewall

import (
	"net/netip"
	"strconv"
	"strings"
)

// equal compares a property with a value, or with any of several.
func (n nftReader) equal(have, want any) tri {
	if list, is := n.list(want); is {
		so := no
		for _, one := range list {
			so = max(so, equalOne(have, one))
		}
		return so
	}
	return equalOne(have, want)
}

// equalOne compares a property with one value.
func equalOne(have, want any) tri {
	switch want := want.(type) {
	case object:
		return compound(have, want)
	case string:
		return same(have, want)
	case float64:
		if a, ok := number(have); ok {
			return known(a == want)
		}
	}
	return maybe
}

// list returns the values of a set, be it named or not.
func (n nftReader) list(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case string:
		if strings.HasPrefix(v, "@") {
			return n.elements(v), true
		}
	case object:
		if set, is := v["set"]; is {
			return n.elements(set), true
		}
	}
	return nil, false
}

// elements returns those of a set or map, be it named or not.
func (n nftReader) elements(v any) []any {
	switch v := v.(type) {
	case string:
		if name, is := strings.CutPrefix(v, "@"); is {
			return n.sets[chainKey{n.rule.Family, n.rule.Table, name}]
		}
		return []any{v}
	case []any:
		return v
	case object:
		if set, is := v["set"]; is {
			return n.elements(set)
		}
	}
	return nil
}

// compound compares with a range, a network, or an element with a comment or timeout.
func compound(have any, want object) tri {
	if e, is := want["elem"].(object); is {
		return equalOne(have, e["val"])
	}
	if bounds := asList(want["range"]); len(bounds) == 2 {
		if addr, is := have.(netip.Addr); is {
			low, okL := address(bounds[0])
			high, okH := address(bounds[1])
			if okL && okH {
				return known(!addr.Less(low) && !high.Less(addr))
			}
			return maybe
		}
		x, okX := number(have)
		low, okL := number(bounds[0])
		high, okH := number(bounds[1])
		if okX && okL && okH {
			return known(low <= x && x <= high)
		}
		return maybe
	}
	if network, is := want["prefix"].(object); is {
		addr, isAddr := have.(netip.Addr)
		of, ok := address(network["addr"])
		bits, okBits := network["len"].(float64)
		if isAddr && ok && okBits {
			if prefix, err := of.Prefix(int(bits)); err == nil {
				return known(prefix.Contains(addr))
			}
		}
	}
	return maybe
}

// same compares a property with a word.
func same(have any, want string) tri {
	switch have := have.(type) {
	case string:
		if start, is := strings.CutSuffix(want, "*"); is {
			return known(strings.HasPrefix(have, start))
		}
		return known(have == want)
	case netip.Addr:
		if addr, err := netip.ParseAddr(want); err == nil {
			return known(have == addr)
		}
	case float64:
		if x, ok := number(want); ok {
			return known(have == x)
		}
	}
	return maybe
}

func address(v any) (netip.Addr, bool) {
	text, _ := v.(string)
	addr, err := netip.ParseAddr(text)
	return addr, err == nil
}

// protocols are those that have a number in rules.
var protocols = map[string]float64{"tcp": 6, "udp": 17}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		if x, is := protocols[v]; is {
			return x, true
		}
		x, err := strconv.ParseUint(v, 0, 32)
		return float64(x), err == nil
	}
	return 0, false
}
