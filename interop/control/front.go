package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// bodyLimit is what testcontrol reads of a request, too.
const bodyLimit = 1 << 20

// refusal is an answer that a path gives instead of its own, as long as the admin port wants it.
type refusal struct {
	Status     int
	RetryAfter int // seconds; 0 for no header
	Body       string
}

// ServeHTTP takes requests from the network and those that come through Noise.
func (t *tailnet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if refused, ok := t.refusal(path); ok {
		refused.serve(w)
		return
	}
	switch {
	case path == "/machine/register":
		t.serveRegister(w, r)
	case path == "/machine/map":
		t.serveMap(w, r)
	case strings.HasPrefix(path, pingPath):
		t.servePingAnswer(w, r)
	case strings.HasPrefix(path, "/auth/") && r.Method == "GET":
		fmt.Fprintf(w, "logged in: %v\n", t.testcontrol.CompleteAuth(path))
	case served(path):
		t.traceRequest(r)
		t.inner.ServeHTTP(w, r)
	default:
		t.serveUnknown(w, r)
	}
}

// served says whether testcontrol has an answer that is not a panic.
func served(path string) bool {
	return strings.HasPrefix(path, "/c2n/") || strings.HasPrefix(path, "/machine/webclient/") || slices.Contains([]string{
		"/key", "/generate_204", "/ts2021", "/machine/set-dns", "/machine/update-health", "/machine/tka/init/begin",
		"/machine/tka/init/finish", "/machine/tka/bootstrap", "/machine/tka/sync/offer", "/machine/tka/sign",
	}, path)
}

func (t *tailnet) serveUnknown(w http.ResponseWriter, r *http.Request) {
	t.traceRequest(r)
	t.mu.Lock()
	t.unknown = append(t.unknown, r.Method+" "+r.URL.Path)
	t.mu.Unlock()
	http.Error(w, "this control server has no "+r.URL.Path, http.StatusNotFound)
}

func (t *tailnet) refusal(path string) (refusal, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found, ok := t.refusals[path]
	return found, ok
}

func (r refusal) serve(w http.ResponseWriter) {
	if r.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(r.RetryAfter))
	}
	http.Error(w, r.Body, r.Status)
}

// traceRequest reads the body and puts it back; the body of an upgrade is the connection and stays untouched.
func (t *tailnet) traceRequest(r *http.Request) {
	if r.URL.Path == "/ts2021" {
		t.trace.write("request", r.URL.Path, nil)
		return
	}
	t.trace.write("request", r.URL.Path, readBody(r))
}

func readBody(r *http.Request) []byte {
	body, _ := io.ReadAll(io.LimitReader(r.Body, bodyLimit))
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}
