package firewall

import (
	"encoding/json"
	"fmt"
	"slices"
)

// object is a JSON object of nft's schema (libnftables-json(5)).
type object = map[string]any

// ParseNFT reads what "nft -j list ruleset" prints.
func ParseNFT(text []byte) (Rules, error) {
	var list struct {
		NFTables []map[string]json.RawMessage `json:"nftables"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return Rules{}, fmt.Errorf("firewall: no rule set of nft: %w", err)
	}
	r, s := Rules{}, sets{}
	asleep := map[chainKey]bool{} // tables that are switched off
	for _, item := range list.NFTables {
		for kind, raw := range item {
			var err error
			switch kind {
			case "table":
				var t struct {
					Family, Name string
					Flags        any
				}
				err = json.Unmarshal(raw, &t)
				if t.Flags == "dormant" || slices.Contains(asList(t.Flags), any("dormant")) {
					asleep[chainKey{t.Family, t.Name, ""}] = true
				}
			case "set", "map":
				var t nftSet
				err = json.Unmarshal(raw, &t)
				s[chainKey{t.Family, t.Table, t.Name}] = t.Elem
			case "chain":
				var c nftChain
				err = json.Unmarshal(raw, &c)
				if followed(c.Family) && !asleep[chainKey{c.Family, c.Table, ""}] {
					r.add(c.chain())
				}
			}
			if err != nil {
				return Rules{}, fmt.Errorf("firewall: a %s of nft: %w", kind, err)
			}
		}
	}
	// Rules may use what comes after them.
	for _, item := range list.NFTables {
		raw, is := item["rule"]
		if !is {
			continue
		}
		var n nftRule
		if err := json.Unmarshal(raw, &n); err != nil {
			return Rules{}, fmt.Errorf("firewall: a rule of nft: %w", err)
		}
		c := r.chains[chainKey{n.Family, n.Table, n.Chain}]
		if c == nil {
			continue
		}
		c.rules = append(c.rules, rule{
			eval:  n.reader(s).eval,
			place: Place{Tool: "nft", Family: n.Family, Table: n.Table, Chain: n.Chain, Handle: n.Handle, Reject: n.rejects()},
		})
	}
	return r, nil
}

func followed(family string) bool { return family == "ip" || family == "inet" || family == "netdev" }

type nftSet struct {
	Family, Table, Name string
	Elem                []any
}

// sets are the elements of named sets and maps.
type sets map[chainKey][]any

type nftChain struct {
	Family, Table, Name, Type, Hook, Policy string
	Dev                                     any
}

func (n nftChain) chain() *chain {
	c := &chain{chainKey: chainKey{n.Family, n.Table, n.Name}, hook: n.Hook, refuses: n.Policy == "drop"}
	c.device, _ = n.Dev.(string)
	if n.Type == "nat" {
		c.hook = ""
	}
	c.policy = Place{Tool: "nft", Family: n.Family, Table: n.Table, Chain: n.Name, Policy: true, Text: "policy drop"}
	return c
}

type nftRule struct {
	Family, Table, Chain string
	Handle               int
	Expr                 []object
}

func (n nftRule) rejects() bool {
	return slices.ContainsFunc(n.Expr, func(e object) bool { _, is := e["reject"]; return is })
}

func (n nftRule) reader(s sets) nftReader { return nftReader{n, s} }

// nftReader evaluates a rule.
type nftReader struct {
	rule nftRule
	sets sets
}

func (n nftReader) eval(p *Packet) (tri, action, string) {
	so := yes
	for _, statement := range n.rule.Expr {
		for kind, arg := range statement { // there is one
			switch kind {
			case "match":
				m, _ := arg.(object)
				so = min(so, n.match(p, m))
			case "limit", "quota", "connlimit", "ct count", "meter":
				so = min(so, maybe)
			case "xt": // of iptables-nft: what is in it is not told
				x, _ := arg.(object)
				if x["type"] == "target" {
					switch x["name"] {
					case "DROP", "REJECT":
						return so, drop, ""
					}
				} else if x["name"] != "comment" {
					so = min(so, maybe)
				}
			case "vmap":
				m, _ := arg.(object)
				if match, do, target := n.vmap(p, m); match != no {
					return min(so, match), do, target
				}
			default:
				if do, target := verdict(kind, arg); do != nothing {
					return so, do, target
				}
			}
		}
		if so == no {
			return no, nothing, ""
		}
	}
	return so, nothing, ""
}

// verdict reads a statement that decides; others do nothing.
func verdict(kind string, arg any) (action, string) {
	to, _ := arg.(object)
	target, _ := to["target"].(string)
	switch kind {
	case "accept":
		return accept, ""
	case "drop", "reject":
		return drop, ""
	case "jump":
		return jump, target
	case "goto":
		return goTo, target
	case "return":
		return back, ""
	}
	return nothing, ""
}

// vmap looks a verdict up. When it is not known which one it is, one that stops the
// packet is taken, as one that may.
func (n nftReader) vmap(p *Packet, m object) (tri, action, string) {
	have, state := operand(p, m["key"])
	if state == absent {
		return no, nothing, ""
	}
	so, do, target := no, nothing, ""
	for _, e := range n.elements(m["data"]) {
		pair := asList(e)
		if len(pair) != 2 {
			continue
		}
		match := maybe
		if state == present {
			match = equalOne(have, pair[0])
		}
		if match == no {
			continue
		}
		to, _ := pair[1].(object)
		for kind, arg := range to {
			if d, t := verdict(kind, arg); match > so || d == drop {
				so, do, target = match, d, t
			}
		}
		if match == yes {
			break
		}
	}
	return so, do, target
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}
