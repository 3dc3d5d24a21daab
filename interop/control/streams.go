package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"tailscale.com/tailcfg"
	"tailscale.com/types/key"
)

// stream is a map poll that is under way.
type stream struct{ end context.CancelFunc }

// serveMap lets testcontrol answer; a node is online as long as it has a stream.
func (t *tailnet) serveMap(w http.ResponseWriter, r *http.Request) {
	body := readBody(r)
	var req tailcfg.MapRequest
	if err := json.Unmarshal(body, &req); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	t.trace.write("map", req.NodeKey.String(), body)
	if req.Stream && !req.ReadOnly {
		ctx, end := context.WithCancel(r.Context())
		defer end()
		r = r.WithContext(ctx)
		one := &stream{end}
		t.streamBegins(req.NodeKey, one)
		defer t.streamEnds(req.NodeKey, one)
	}
	var shown shownPeers
	rewrite := func(message []byte) []byte {
		message = t.rewrite(req.NodeKey, message, &shown)
		t.trace.write("mapped", req.NodeKey.String(), message)
		return message
	}
	t.inner.ServeHTTP(&frameWriter{to: w, compressed: req.Compress != "", rewrite: rewrite}, r)
	if !req.Stream { // what a node said of itself, its endpoints above all, outlives a restart
		kept(t.save())
	}
}

func (t *tailnet) streamBegins(k key.NodePublic, one *stream) {
	t.mu.Lock()
	if t.streams[k] == nil {
		t.streams[k] = map[*stream]struct{}{}
	}
	t.streams[k][one] = struct{}{}
	first := len(t.streams[k]) == 1
	t.mu.Unlock()
	if first {
		t.edit(k, func(n *tailcfg.Node) { n.Online = new(true) })
	}
}

func (t *tailnet) streamEnds(k key.NodePublic, one *stream) {
	t.mu.Lock()
	delete(t.streams[k], one)
	last := len(t.streams[k]) == 0
	ephemeral := t.ephemeral[k]
	t.mu.Unlock()
	if !last {
		return
	}
	t.edit(k, func(n *tailcfg.Node) { n.Online, n.LastSeen = new(false), new(time.Now().UTC()) })
	if ephemeral && t.ephemeralAfter > 0 {
		time.AfterFunc(t.ephemeralAfter, func() { t.removeIfGone(k) })
	}
}

func (t *tailnet) removeIfGone(k key.NodePublic) {
	t.mu.Lock()
	gone := len(t.streams[k]) == 0
	t.mu.Unlock()
	if gone {
		t.remove(k)
	}
}

// endStreams closes what testcontrol would keep open for a node that is no longer there.
func (t *tailnet) endStreams(k key.NodePublic) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for one := range t.streams[k] {
		one.end()
	}
}
