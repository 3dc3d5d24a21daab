package main

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"tailscale.com/tailcfg"
	"tailscale.com/types/key"
)

type nodeHandler func(w http.ResponseWriter, r *http.Request, n *tailcfg.Node)

func (t *tailnet) nodePaths(m *http.ServeMux) {
	for pattern, handle := range map[string]nodeHandler{
		"PATCH /nodes/{node}":         t.patch,
		"DELETE /nodes/{node}":        func(_ http.ResponseWriter, _ *http.Request, n *tailcfg.Node) { t.remove(n.Key) },
		"POST /nodes/{node}/expire":   t.expire,
		"DELETE /nodes/{node}/expire": t.unexpire,
		"POST /nodes/{node}/rename":   t.rename,
		"POST /nodes/{node}/approve":  t.approve,
		"PUT /nodes/{node}/online":    taken(func(k key.NodePublic, online bool) { t.edit(k, func(n *tailcfg.Node) { n.Online = &online }) }),
		"PUT /nodes/{node}/routes":    taken(func(k key.NodePublic, routes []netip.Prefix) { t.testcontrol.SetSubnetRoutes(k, routes) }),
		"PUT /nodes/{node}/caps":      taken(func(k key.NodePublic, caps tailcfg.NodeCapMap) { t.testcontrol.SetNodeCapMap(k, caps) }),
		"POST /nodes/{node}/map":      t.sendRaw,
		"POST /nodes/{node}/maps":     t.sendManyRaw,
		"DELETE /nodes/{node}/map":    t.endRaw,
		"POST /nodes/{node}/ping":     t.ping,
		"POST /nodes/{node}/c2n":      t.c2n,
	} {
		m.HandleFunc(pattern, t.withNode(handle))
	}
}

func (t *tailnet) withNode(handle nodeHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n := t.find(r.PathValue("node"))
		if n == nil {
			http.Error(w, errNotFound.Error(), http.StatusNotFound)
			return
		}
		handle(w, r, n)
	}
}

func taken[T any](use func(key.NodePublic, T)) nodeHandler {
	return func(w http.ResponseWriter, r *http.Request, n *tailcfg.Node) {
		take(func(value T) { use(n.Key, value) })(w, r)
	}
}

func (t *tailnet) patch(w http.ResponseWriter, r *http.Request, n *tailcfg.Node) {
	body := readBody(r)
	if err := json.Unmarshal(body, n.Clone()); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	t.edit(n.Key, func(live *tailcfg.Node) { json.Unmarshal(body, live) })
}

func (t *tailnet) expire(w http.ResponseWriter, r *http.Request, n *tailcfg.Node) {
	in := -time.Minute
	if text := r.URL.Query().Get("in"); text != "" {
		var err error
		if in, err = time.ParseDuration(text); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	t.edit(n.Key, func(live *tailcfg.Node) { live.KeyExpiry = time.Now().Add(in).UTC() })
}

func (t *tailnet) unexpire(_ http.ResponseWriter, _ *http.Request, n *tailcfg.Node) {
	t.edit(n.Key, func(live *tailcfg.Node) { live.KeyExpiry = time.Time{} })
}

func (t *tailnet) rename(w http.ResponseWriter, r *http.Request, n *tailcfg.Node) {
	to := r.URL.Query().Get("to")
	if to == "" || strings.Contains(to, ".") {
		http.Error(w, "?to= wants one label", http.StatusBadRequest)
		return
	}
	t.edit(n.Key, func(live *tailcfg.Node) { live.Name = to + "." + t.domain + "." })
}

func (t *tailnet) approve(_ http.ResponseWriter, _ *http.Request, n *tailcfg.Node) {
	t.edit(n.Key, func(live *tailcfg.Node) { live.MachineAuthorized = true })
}

func (t *tailnet) sendRaw(w http.ResponseWriter, r *http.Request, n *tailcfg.Node) {
	take(func(message tailcfg.MapResponse) { t.queueRaw(w, n, &message) })(w, r)
}

func (t *tailnet) sendManyRaw(w http.ResponseWriter, r *http.Request, n *tailcfg.Node) {
	take(func(messages []*tailcfg.MapResponse) { t.queueRaw(w, n, messages...) })(w, r)
}

func (t *tailnet) queueRaw(w http.ResponseWriter, n *tailcfg.Node, messages ...*tailcfg.MapResponse) {
	for _, message := range messages {
		if !t.testcontrol.AddRawMapResponse(n.Key, message) {
			http.Error(w, "the node has no map stream", http.StatusConflict)
			return
		}
	}
}

func (t *tailnet) endRaw(_ http.ResponseWriter, _ *http.Request, n *tailcfg.Node) {
	t.private.mu.Lock()
	t.private.rawOnly.Delete(n.Key)
	t.private.mu.Unlock()
	t.wakeAll()
}
