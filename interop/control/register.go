package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"tailscale.com/tailcfg"
	"tailscale.com/types/key"
)

// serveRegister decides who may join and leaves the rest to testcontrol.
func (t *tailnet) serveRegister(w http.ResponseWriter, r *http.Request) {
	body := readBody(r)
	req, err := parseRegister(body)
	t.trace.write("register", req.NodeKey.String(), body)
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	case int(req.Version) < t.minVersion:
		http.Error(w, fmt.Sprintf("capability version %d is too old: %d is the least", req.Version, t.minVersion), http.StatusBadRequest)
	case !req.Expiry.IsZero() && req.Expiry.Before(time.Now()):
		t.logout(req)
		t.answer(w, req, tailcfg.RegisterResponse{NodeKeyExpired: true})
	case req.Followup != "":
		t.join(w, r, req)
	default:
		t.registering.Lock()
		defer t.registering.Unlock()
		if reason := t.admit(req); reason != "" {
			t.answer(w, req, tailcfg.RegisterResponse{Error: reason})
			return
		}
		t.join(w, r, req)
	}
}

// parseRegister refuses what makes testcontrol panic.
func parseRegister(body []byte) (tailcfg.RegisterRequest, error) {
	var req tailcfg.RegisterRequest
	switch err := json.Unmarshal(body, &req); {
	case err != nil:
		return req, err
	case req.Version == 0, req.NodeKey.IsZero(), req.Hostinfo == nil:
		return req, errors.New("a registration needs Version, NodeKey and Hostinfo")
	}
	return req, nil
}

func (t *tailnet) answer(w http.ResponseWriter, req tailcfg.RegisterRequest, res tailcfg.RegisterResponse) {
	body, _ := json.Marshal(res)
	t.trace.write("registered", req.NodeKey.String(), body)
	w.Write(body)
}

// admit marks whom testcontrol shall not ask to log in; a reason is a refusal.
func (t *tailnet) admit(req tailcfg.RegisterRequest) (reason string) {
	t.private.mu.Lock()
	defer t.private.mu.Unlock()
	offered := ""
	if req.Auth != nil {
		offered = req.Auth.AuthKey
	}
	known := (*t.private.nodes)[req.NodeKey]
	switch {
	case offered != "" && offered != t.authKey:
		return "invalid key: API key does not exist"
	case offered != "", t.authKey == "" && !t.interactive, known != nil && !expired(known) && t.private.authed.Contains(req.NodeKey):
		t.private.authed.Make()
		t.private.authed.Add(req.NodeKey)
	case !t.interactive:
		return "invalid key: none given"
	}
	return ""
}

// join lets testcontrol answer, and then gives a new node an id and a name of its own, and a rotated key its node.
func (t *tailnet) join(w http.ResponseWriter, r *http.Request, req tailcfg.RegisterRequest) {
	isNew := t.testcontrol.Node(req.NodeKey) == nil && t.testcontrol.Node(req.OldNodeKey) == nil
	said := httptest.NewRecorder()
	t.inner.ServeHTTP(said, r)
	body, _ := io.ReadAll(said.Body)
	t.private.mu.Lock()
	if isNew {
		t.settleLocked(req)
	}
	if !bytes.Contains(body, []byte("/auth/")) {
		t.retireLocked(req.OldNodeKey, req.NodeKey)
	}
	t.private.mu.Unlock()
	t.changed()
	t.trace.write("registered", req.NodeKey.String(), bytes.TrimSpace(body))
	w.WriteHeader(said.Code)
	w.Write(body)
}

// settleLocked corrects what testcontrol derives from the number of nodes, which is not unique after a deletion.
func (t *tailnet) settleLocked(req tailcfg.RegisterRequest) {
	n := (*t.private.nodes)[req.NodeKey]
	if n == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lastID++
	setID(n, t.lastID)
	n.Name = t.freeNameLocked(n)
	t.ephemeral[req.NodeKey] = req.Ephemeral
}

// retireLocked ends the old key of a rotation; testcontrol keeps it, and copies its expiry to the new key.
func (t *tailnet) retireLocked(old, now key.NodePublic) {
	if n := (*t.private.nodes)[now]; n != nil && expired(n) && old != now {
		n.KeyExpiry = time.Time{}
	}
	if !old.IsZero() && old != now {
		t.forgetLocked(old)
	}
}

// logout deletes an ephemeral node and lets the key of any other expire.
func (t *tailnet) logout(req tailcfg.RegisterRequest) {
	t.mu.Lock()
	ephemeral := t.ephemeral[req.NodeKey]
	t.mu.Unlock()
	if ephemeral || req.Ephemeral {
		t.remove(req.NodeKey)
		return
	}
	t.edit(req.NodeKey, func(n *tailcfg.Node) {
		n.KeyExpiry = req.Expiry
		t.private.authed.Delete(req.NodeKey)
	})
	t.endStreams(req.NodeKey)
}
