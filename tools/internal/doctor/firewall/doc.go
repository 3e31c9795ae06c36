// Package firewall tells what the packet filter of a Linux host would do with a
// packet: it reads what nft and iptables-save print, and follows the packet
// through the chains. It runs no program and changes nothing.
//
//	rules := firewall.ParseNFT(output of "nft -j list ruleset")
//	verdict := rules.Judge(firewall.Packet{In: true, Interface: "eth0", Proto: firewall.UDP, ...})
//
// A filter can ask things that are not known here: the time, marks, how often
// something came. What depends on such is [Perhaps] and never [Drop], so a
// Drop can be believed.
//
// Families ip and inet are followed, and netdev's ingress and egress; of hooks,
// those that packets for this host or from it pass. NAT is not followed, nor are
// bridge and arp. What is no rule set at all is an error.
package firewall
