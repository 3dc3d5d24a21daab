package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"tailscale.com/tailcfg"
	"tailscale.com/util/rands"
)

const (
	pingPath  = "/lab/ping/"
	pingLimit = 10 * time.Second
)

// pingAnswer is what a node sent to the URL of a PingRequest.
type pingAnswer struct {
	Method string
	Noise  bool
	Body   string
}

func (t *tailnet) servePingAnswer(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	waiting := t.pings[strings.TrimPrefix(r.URL.Path, pingPath)]
	t.mu.Unlock()
	if waiting == nil {
		http.NotFound(w, r)
		return
	}
	select {
	case waiting <- pingAnswer{Method: r.Method, Noise: r.ProtoMajor == 2, Body: string(readBody(r))}:
	default: // only the first answer counts
	}
}

// ping asks a node for a sign of life: ?types=disco,TSMP,ICMP,peerapi (a HEAD without), &ip=, &noise=1.
func (t *tailnet) ping(w http.ResponseWriter, r *http.Request, n *tailcfg.Node) {
	q := r.URL.Query()
	token := rands.HexString(16)
	request := &tailcfg.PingRequest{URL: t.testcontrol.BaseURL() + pingPath + token, Types: q.Get("types"), URLIsNoise: q.Has("noise")}
	request.IP, _ = netip.ParseAddr(q.Get("ip"))
	answer := make(chan pingAnswer, 1)
	t.await(token, answer)
	defer t.await(token, nil)
	if !t.testcontrol.AddPingRequest(n.Key, request) {
		http.Error(w, "the node has no map stream", http.StatusConflict)
		return
	}
	select {
	case a := <-answer:
		say(w, a)
	case <-time.After(pingLimit):
		http.Error(w, "the node did not answer", http.StatusGatewayTimeout)
	case <-r.Context().Done():
	}
}

func (t *tailnet) await(token string, answer chan pingAnswer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if answer == nil {
		delete(t.pings, token)
	} else {
		t.pings[token] = answer
	}
}

// c2n sends an HTTP request to a node over its map stream: ?path=, &method=.
func (t *tailnet) c2n(w http.ResponseWriter, r *http.Request, n *tailcfg.Node) {
	ctx, cancel := context.WithTimeout(r.Context(), pingLimit)
	defer cancel()
	q := r.URL.Query()
	request, err := http.NewRequestWithContext(ctx, q.Get("method"), "http://unused"+q.Get("path"), bytes.NewReader(readBody(r)))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, err := t.testcontrol.NodeRoundTripper(n.Key).RoundTrip(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusGatewayTimeout)
		return
	}
	w.WriteHeader(answer.StatusCode)
	io.Copy(w, answer.Body)
}
