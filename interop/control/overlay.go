package main

import (
	"encoding/json"
	"strings"
	"time"

	"tailscale.com/tailcfg"
	"tailscale.com/types/key"
)

// overlay replaces fields of whole maps: scope (a node key, or everyone) → field → value. A field "X" is the map's own,
// "Node.X" the receiving node's and "Peers.X" each peer's; the value null removes it.
type overlay map[string]map[string]json.RawMessage

const everyone = "*"

// standing is where testcontrol's clock stands; a raw message with another time, or with none, is a test's own.
const standing = `"2020-08-03T00:00:00.000000001Z"`

type object = map[string]json.RawMessage

func (o overlay) set(scope, field string, value json.RawMessage) {
	if o[scope] == nil {
		o[scope] = object{}
	}
	o[scope][field] = value
}

// shownPeers are those of the last whole map in a stream.
type shownPeers []tailcfg.NodeID

// rewrite corrects the clock of a whole map and lays the overlays over it. Keep-alives and raw messages pass as they are.
func (t *tailnet) rewrite(k key.NodePublic, message []byte, shown *shownPeers) []byte {
	var m object
	if json.Unmarshal(message, &m) != nil || m["Node"] == nil || string(m["ControlTime"]) != standing {
		return message
	}
	m["ControlTime"], _ = json.Marshal(time.Now().UTC())
	shown.follow(m)
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, scope := range []string{everyone, k.String()} {
		for field, value := range t.overlay[scope] {
			put(m, field, value)
		}
	}
	rewritten, err := json.Marshal(m)
	if err != nil {
		return message
	}
	return rewritten
}

// follow says by PeersRemoved that nobody is left: testcontrol sends no Peers then, which means that nothing has changed.
func (shown *shownPeers) follow(m object) {
	var peers []struct{ ID tailcfg.NodeID }
	json.Unmarshal(m["Peers"], &peers)
	if len(peers) == 0 && len(*shown) > 0 {
		m["PeersRemoved"], _ = json.Marshal(*shown)
	}
	*shown = nil
	for _, peer := range peers {
		*shown = append(*shown, peer.ID)
	}
}

func put(m object, field string, value json.RawMessage) {
	if name, ok := strings.CutPrefix(field, "Node."); ok {
		change(m, "Node", func(node *object) { put(*node, name, value) })
	} else if name, ok := strings.CutPrefix(field, "Peers."); ok {
		change(m, "Peers", func(peers *[]object) {
			for _, peer := range *peers {
				put(peer, name, value)
			}
		})
	} else if string(value) == "null" {
		delete(m, field)
	} else {
		m[field] = value
	}
}

// change unpacks a field, lets it be changed and packs it again.
func change[T any](m object, field string, edit func(*T)) {
	var value T
	if json.Unmarshal(m[field], &value) != nil {
		return
	}
	edit(&value)
	m[field], _ = json.Marshal(value)
}
