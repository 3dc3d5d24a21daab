package main

import (
	"encoding/json"
	"strings"
	"testing"

	"tailscale.com/types/key"
)

func rewritten(t *testing.T, o overlay, k key.NodePublic, message string) object {
	t.Helper()
	tailnet := &tailnet{overlay: o}
	var m object
	if err := json.Unmarshal(tailnet.rewrite(k, []byte(message), new(shownPeers)), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

const wholeMap = `{"Node":{"Name":"a"},"Peers":[{"Name":"b"},{"Name":"c"}],"Domain":"d","ControlTime":` + standing + `}`

func TestFieldsOfTheMapItsNodeAndItsPeersAreReplaced(t *testing.T) {
	mine := key.NewNode().Public()
	o := overlay{}
	o.set(everyone, "Domain", json.RawMessage(`"e"`))
	o.set(everyone, "Peers.Online", json.RawMessage(`true`))
	o.set(mine.String(), "Node.Name", json.RawMessage(`"x"`))
	o.set(key.NewNode().Public().String(), "Domain", json.RawMessage(`"another's"`))
	m := rewritten(t, o, mine, wholeMap)
	if string(m["Domain"]) != `"e"` || string(m["Node"]) != `{"Name":"x"}` {
		t.Errorf("%s %s", m["Domain"], m["Node"])
	}
	if string(m["Peers"]) != `[{"Name":"b","Online":true},{"Name":"c","Online":true}]` {
		t.Errorf("%s", m["Peers"])
	}
}

func TestNullRemovesAField(t *testing.T) {
	o := overlay{}
	o.set(everyone, "Domain", json.RawMessage(`null`))
	if m := rewritten(t, o, key.NodePublic{}, wholeMap); m["Domain"] != nil {
		t.Errorf("%s", m["Domain"])
	}
}

func TestTheClockIsRight(t *testing.T) {
	m := rewritten(t, overlay{}, key.NodePublic{}, wholeMap)
	if strings.HasPrefix(string(m["ControlTime"]), `"2020`) {
		t.Errorf("%s", m["ControlTime"])
	}
}

func TestKeepAlivesAndRawMessagesPassAsTheyAre(t *testing.T) {
	o := overlay{}
	o.set(everyone, "Domain", json.RawMessage(`"e"`))
	for _, message := range []string{`{"KeepAlive":true}`, `{"Node":{"Name":"a"}}`, `not JSON`} {
		if got := (&tailnet{overlay: o}).rewrite(key.NodePublic{}, []byte(message), new(shownPeers)); string(got) != message {
			t.Errorf("%s", got)
		}
	}
}

func TestTheLastPeerThatGoesIsRemovedByName(t *testing.T) {
	tn, shown := &tailnet{}, new(shownPeers)
	rewrite := func(peers string) object {
		var m object
		text := `{"Node":{},` + peers + `"ControlTime":` + standing + `}`
		json.Unmarshal(tn.rewrite(key.NodePublic{}, []byte(text), shown), &m)
		return m
	}
	rewrite(`"Peers":[{"ID":4},{"ID":5}],`)
	if m := rewrite(""); string(m["PeersRemoved"]) != `[4,5]` {
		t.Errorf("%s", m["PeersRemoved"])
	}
	if m := rewrite(""); m["PeersRemoved"] != nil {
		t.Errorf("%s", m["PeersRemoved"])
	}
}
