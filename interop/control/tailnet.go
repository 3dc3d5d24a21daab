package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"tailscale.com/tailcfg"
	"tailscale.com/tstest/integration/testcontrol"
	"tailscale.com/types/key"
)

// tailnet is the control server: testcontrol, and what the lab keeps beside it.
type tailnet struct {
	settings
	testcontrol *testcontrol.Server
	private     private
	inner       *http.ServeMux // testcontrol's own paths
	trace       *trace

	registering sync.Mutex // one at a time, so that ids stay unique
	saving      sync.Mutex

	mu        sync.Mutex // guards what follows; taken after private.mu when both are needed
	lastID    tailcfg.NodeID
	ephemeral map[key.NodePublic]bool
	streams   map[key.NodePublic]map[*stream]struct{}
	overlay   overlay
	refusals  map[string]refusal
	pings     map[string]chan pingAnswer
	unknown   []string
}

func newTailnet(o settings) (*tailnet, error) {
	server, err := newTestcontrol(o)
	if err != nil {
		return nil, err
	}
	trace, err := openTrace(o.trace)
	if err != nil {
		return nil, err
	}
	t := &tailnet{
		settings: o, testcontrol: server, private: privateOf(server), trace: trace,
		ephemeral: map[key.NodePublic]bool{}, streams: map[key.NodePublic]map[*stream]struct{}{},
		overlay: overlay{}, refusals: map[string]refusal{}, pings: map[string]chan pingAnswer{},
	}
	t.putInFront()
	return t, t.restore()
}

func newTestcontrol(o settings) (*testcontrol.Server, error) {
	relays, err := relayMap(o.derpMap)
	if err != nil {
		return nil, err
	}
	s := &testcontrol.Server{
		ExplicitBaseURL: o.baseURL, DERPMap: relays, MagicDNSDomain: o.domain,
		DNSConfig:          &tailcfg.DNSConfig{Proxied: true, Domains: []string{o.domain}},
		RequireAuth:        true, // register.go marks who needs no login
		RequireMachineAuth: o.approval, AllNodesSameUser: !o.separateUsers, PeerRelayGrants: o.relayGrants,
	}
	if s.ExplicitBaseURL == "" {
		s.ExplicitBaseURL = "http://" + o.listen
	}
	if o.tagOwners != "" {
		err = json.Unmarshal([]byte(o.tagOwners), &s.TagOwners)
	}
	return s, err
}

// putInFront makes every request, also those inside Noise, pass through ServeHTTP.
func (t *tailnet) putInFront() {
	// testcontrol makes its mux at the first request.
	t.testcontrol.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/generate_204", nil))
	t.inner = *t.private.mux
	front := http.NewServeMux()
	front.Handle("/", t)
	*t.private.mux = front
}

// wakeAll makes testcontrol send every node its whole map again: of the calls that do, this one has no other effect here.
func (t *tailnet) wakeAll() {
	t.testcontrol.SetMasqueradeAddresses(nil)
}

// changed is called after each change of nodes.
func (t *tailnet) changed() {
	t.wakeAll()
	kept(t.save())
}

// edit changes one node where it is kept, and says whether it is there.
func (t *tailnet) edit(k key.NodePublic, change func(*tailcfg.Node)) bool {
	t.private.mu.Lock()
	n := (*t.private.nodes)[k]
	if n != nil {
		change(n)
	}
	t.private.mu.Unlock()
	if n != nil {
		t.changed()
	}
	return n != nil
}

// remove forgets a node and ends its streams.
func (t *tailnet) remove(k key.NodePublic) {
	t.private.mu.Lock()
	t.forgetLocked(k)
	t.private.mu.Unlock()
	t.endStreams(k)
	t.changed()
}

func (t *tailnet) forgetLocked(k key.NodePublic) {
	delete(*t.private.nodes, k)
	delete(*t.private.users, k)
	delete(*t.private.logins, k)
	t.private.authed.Delete(k)
}

func expired(n *tailcfg.Node) bool {
	return !n.KeyExpiry.IsZero() && n.KeyExpiry.Before(time.Now())
}
