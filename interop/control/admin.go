package main

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"

	"tailscale.com/tailcfg"
)

// adminPort is how tests see and change the tailnet. NODE is a key, id, name or address; bodies are JSON as tailcfg has it.
//
//	GET    /nodes                     every node
//	PATCH  /nodes/NODE                fields to change
//	DELETE /nodes/NODE
//	POST   /nodes/NODE/expire?in=     now, or in 1h; DELETE undoes it
//	POST   /nodes/NODE/rename?to=
//	POST   /nodes/NODE/approve        where approval is asked for
//	PUT    /nodes/NODE/online         true or false, until its next stream begins or ends
//	PUT    /nodes/NODE/routes         prefixes that it routes
//	PUT    /nodes/NODE/caps           its NodeCapMap
//	POST   /nodes/NODE/map            a MapResponse to send as it is; no other is sent until DELETE
//	POST   /nodes/NODE/maps           several of them, one after the other
//	POST   /nodes/NODE/ping           see ping.go
//	POST   /nodes/NODE/c2n            see ping.go
//	PUT    /overlay/SCOPE/FIELD       see overlay.go; SCOPE is * or a NODE; DELETE undoes it
//	PUT    /refusals?path=            {"Status":503,"RetryAfter":3}: what that path answers until DELETE
//	PUT    /dns                       the DNSConfig
//	PUT    /derp-map                  the DERPMap
//	PUT    /app-caps                  capabilities that everybody grants everybody
//	GET    /logins                    paths of the login URLs that were given out
//	POST   /logins?path=              completes a login
//	GET    /unknown                   requests that this server has no answer for
func (t *tailnet) adminPort() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /nodes", func(w http.ResponseWriter, _ *http.Request) { say(w, t.testcontrol.AllNodes()) })
	t.nodePaths(m)
	t.overlayPaths(m)
	t.tailnetPaths(m)
	return m
}

func (t *tailnet) tailnetPaths(m *http.ServeMux) {
	m.HandleFunc("PUT /refusals", t.setRefusal)
	m.HandleFunc("DELETE /refusals", t.setRefusal)
	m.HandleFunc("PUT /app-caps", take(func(caps tailcfg.PeerCapMap) { t.testcontrol.SetGlobalAppCaps(caps) }))
	m.HandleFunc("PUT /dns", take(func(dns tailcfg.DNSConfig) { t.replace(func() { t.testcontrol.DNSConfig = &dns }) }))
	m.HandleFunc("PUT /derp-map", take(func(relays tailcfg.DERPMap) { t.replace(func() { t.testcontrol.DERPMap = &relays }) }))
	m.HandleFunc("GET /logins", func(w http.ResponseWriter, _ *http.Request) {
		t.private.mu.Lock()
		defer t.private.mu.Unlock()
		say(w, slices.Collect(maps.Keys(*t.private.authPaths)))
	})
	m.HandleFunc("POST /logins", func(w http.ResponseWriter, r *http.Request) {
		if !t.testcontrol.CompleteAuth(r.URL.Query().Get("path")) {
			http.Error(w, "no such login", http.StatusNotFound)
		}
	})
	m.HandleFunc("GET /unknown", func(w http.ResponseWriter, _ *http.Request) {
		t.mu.Lock()
		defer t.mu.Unlock()
		say(w, t.unknown)
	})
}

// replace changes a public field of testcontrol and tells every node.
func (t *tailnet) replace(change func()) {
	t.private.mu.Lock()
	change()
	t.private.mu.Unlock()
	t.wakeAll()
}

func (t *tailnet) setRefusal(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Query().Get("path")
	set := func(wanted refusal) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.refusals[path] = wanted
	}
	if r.Method == http.MethodPut {
		take(set)(w, r)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.refusals, path)
}

func (t *tailnet) overlayPaths(m *http.ServeMux) {
	change := func(w http.ResponseWriter, r *http.Request, apply func(scope, field string)) {
		scope := r.PathValue("scope")
		if n := t.find(scope); n != nil {
			scope = n.Key.String()
		} else if scope != everyone {
			http.Error(w, errNotFound.Error(), http.StatusNotFound)
			return
		}
		t.mu.Lock()
		apply(scope, r.PathValue("field"))
		t.mu.Unlock()
		kept(t.saveOverlay())
		t.wakeAll()
	}
	m.HandleFunc("PUT /overlay/{scope}/{field}", func(w http.ResponseWriter, r *http.Request) {
		take(func(value json.RawMessage) {
			change(w, r, func(scope, field string) { t.overlay.set(scope, field, value) })
		})(w, r)
	})
	m.HandleFunc("DELETE /overlay/{scope}/{field}", func(w http.ResponseWriter, r *http.Request) {
		change(w, r, func(scope, field string) { delete(t.overlay[scope], field) })
	})
}

// take reads a request's body as JSON and hands it over; an empty answer means that it is done.
// adminLimit is enough for a map of ten thousand nodes.
const adminLimit = 16 << 20

func take[T any](use func(T)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var value T
		if err := json.NewDecoder(io.LimitReader(r.Body, adminLimit)).Decode(&value); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		use(value)
	}
}

func say(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value)
}
