package main

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"tailscale.com/tailcfg"
	"tailscale.com/types/key"
)

func testTailnet(t *testing.T, o settings) *tailnet {
	t.Helper()
	o.listen, o.domain = "127.0.0.1:0", "lab.example.com"
	tn, err := newTailnet(o)
	if err != nil {
		t.Fatal(err)
	}
	return tn
}

func request(authKey string) tailcfg.RegisterRequest {
	req := tailcfg.RegisterRequest{Version: 119, NodeKey: key.NewNode().Public(), Hostinfo: &tailcfg.Hostinfo{Hostname: "a"}}
	if authKey != "" {
		req.Auth = &tailcfg.RegisterResponseAuth{AuthKey: authKey}
	}
	return req
}

func TestWhoIsLetIn(t *testing.T) {
	for _, c := range []struct {
		says     string
		settings settings
		authKey  string
		refused  bool
		authed   bool
	}{
		{"anybody, when nothing is asked for", settings{}, "", false, true},
		{"who brings the key", settings{authKey: "k"}, "k", false, true},
		{"nobody with another key", settings{authKey: "k"}, "l", true, false},
		{"nobody without one", settings{authKey: "k"}, "", true, false},
		{"who brings the key where others log in", settings{authKey: "k", interactive: true}, "k", false, true},
		{"without a key only after a login", settings{authKey: "k", interactive: true}, "", false, false},
	} {
		tn := testTailnet(t, c.settings)
		req := request(c.authKey)
		refused := tn.admit(req) != ""
		if authed := tn.private.authed.Contains(req.NodeKey); refused != c.refused || authed != c.authed {
			t.Errorf("%s: refused %v, admitted %v", c.says, refused, authed)
		}
	}
}

func TestRegistrationsThatWouldPanicAreRefused(t *testing.T) {
	for _, body := range []string{``, `{`, `{}`, `{"Version":119,"NodeKey":"` + key.NewNode().Public().String() + `","Hostinfo":null}`} {
		if _, err := parseRegister([]byte(body)); err == nil {
			t.Errorf("%q was taken", body)
		}
	}
}

func TestIdsAndNamesStayUniqueAfterADeletion(t *testing.T) {
	tn := testTailnet(t, settings{})
	var added []*tailcfg.Node
	add := func() {
		req := request("")
		n := &tailcfg.Node{ID: 1, Key: req.NodeKey, Name: "a.lab.example.com."}
		(*tn.private.nodes)[req.NodeKey] = n
		tn.settleLocked(req)
		added = append(added, n)
	}
	*tn.private.nodes = map[key.NodePublic]*tailcfg.Node{}
	add()
	add()
	tn.forgetLocked(added[0].Key)
	add()
	if added[2].ID != 3 || added[1].Name != "a-1.lab.example.com." || added[2].Name != "a.lab.example.com." {
		t.Errorf("%d %s %s", added[2].ID, added[1].Name, added[2].Name)
	}
}

func TestKeysAndNodesOutliveARestart(t *testing.T) {
	o := settings{state: t.TempDir() + "/state"}
	first := testTailnet(t, o)
	req := request("")
	*first.private.nodes = map[key.NodePublic]*tailcfg.Node{req.NodeKey: {ID: 7, Key: req.NodeKey, Name: "a", KeyExpiry: time.Unix(1, 0).UTC()}}
	first.lastID = 7
	first.overlay.set(everyone, "Peers.IsWireGuardOnly", json.RawMessage("true"))
	if err := errors.Join(first.save(), first.saveOverlay()); err != nil {
		t.Fatal(err)
	}
	second := testTailnet(t, o)
	if mark := second.overlay[everyone]["Peers.IsWireGuardOnly"]; string(mark) != "true" {
		t.Errorf("overlay: %s", mark)
	}
	n := second.testcontrol.Node(req.NodeKey)
	if !second.private.noise.Equal(*first.private.noise) || second.lastID != 7 || n == nil || !expired(n) {
		t.Errorf("%d %+v", second.lastID, n)
	}
}
