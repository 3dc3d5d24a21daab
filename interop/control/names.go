package main

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"tailscale.com/net/netaddr"
	"tailscale.com/net/tsaddr"
	"tailscale.com/tailcfg"
)

// setID gives a node its id and the addresses that testcontrol derives from it.
func setID(n *tailcfg.Node, id tailcfg.NodeID) {
	n.ID = id
	n.StableID = tailcfg.StableNodeID(fmt.Sprintf("TESTCTRL%08x", int(id)))
	v4 := netip.PrefixFrom(netaddr.IPv4(100, 64, uint8(id>>8), uint8(id)), 32)
	n.Addresses = []netip.Prefix{v4, netip.PrefixFrom(tsaddr.Tailscale4To6(v4.Addr()), 128)}
	n.AllowedIPs = n.Addresses
}

// freeNameLocked is the node's name, numbered when another node has it already.
func (t *tailnet) freeNameLocked(n *tailcfg.Node) string {
	host, rest, _ := strings.Cut(n.Name, ".")
	name := n.Name
	for i := 1; t.nameTakenLocked(n, name); i++ {
		name = fmt.Sprintf("%s-%d.%s", host, i, rest)
	}
	return name
}

func (t *tailnet) nameTakenLocked(by *tailcfg.Node, name string) bool {
	for _, n := range *t.private.nodes {
		if n.ID != by.ID && n.Name == name {
			return true
		}
	}
	return false
}

// find knows a node by its key, id, name or address.
func (t *tailnet) find(wanted string) *tailcfg.Node {
	for _, n := range t.testcontrol.AllNodes() {
		host, _, _ := strings.Cut(n.Name, ".")
		names := []string{n.Key.String(), strconv.FormatInt(int64(n.ID), 10), string(n.StableID), n.Name, strings.TrimSuffix(n.Name, "."), host}
		for _, a := range n.Addresses {
			names = append(names, a.Addr().String())
		}
		for _, name := range names {
			if name == wanted {
				return n
			}
		}
	}
	return nil
}
