// Command control is a control server for the lab: tailscale.com/tstest/integration/testcontrol, unchanged, with what
// that server lacks put around it, and an admin port by which tests see and change everything.
//
//	control -listen 10.77.0.1:8080 -admin SOCKET [-state FILE] [-trace FILE] [-derp-map FILE] [-auth-key KEY] [-interactive] ...
//
// What is added: keys and nodes outlive a restart; logout, ephemeral nodes, node ids and names that never collide; who is
// online; auth keys and interactive login side by side; packet filters and any other field of the map replaced; refusals
// on demand; a clock that is right; and requests that testcontrol answers with a panic are answered with an error.
//
// The admin port is HTTP on a Unix socket, which a test reaches from whatever network namespace; admin.go lists its paths.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"tailscale.com/tailcfg"
)

type settings struct {
	listen, admin, baseURL     string
	state, trace               string
	derpMap, tagOwners         string
	domain, authKey            string
	interactive, approval      bool
	separateUsers, relayGrants bool
	minVersion                 int
	ephemeralAfter             time.Duration
}

func main() {
	log.SetFlags(log.Ltime | log.Lmicroseconds)
	if err := run(parseFlags()); err != nil {
		log.Fatal("control: ", err)
	}
}

func parseFlags() settings {
	var o settings
	flag.StringVar(&o.listen, "listen", "127.0.0.1:8080", "where clients come, plain HTTP")
	flag.StringVar(&o.admin, "admin", "control.sock", "Unix socket where tests come")
	flag.StringVar(&o.baseURL, "base-url", "", "the server's own URL; http://LISTEN when empty")
	flag.StringVar(&o.state, "state", "", "file that keeps keys and nodes over restarts; nothing is kept when empty")
	flag.StringVar(&o.trace, "trace", "", "file that gets a JSON line for each request and answer")
	flag.StringVar(&o.derpMap, "derp-map", "", "file with a DERPMap in JSON; no relays when empty")
	flag.StringVar(&o.tagOwners, "tag-owners", "", `JSON such as {"tag:a":["tag:a"]}; tags are ignored when empty`)
	flag.StringVar(&o.domain, "domain", "lab.example.com", "MagicDNS domain")
	flag.StringVar(&o.authKey, "auth-key", "", "the one valid auth key; anybody may join when it is empty and login is not interactive")
	flag.BoolVar(&o.interactive, "interactive", false, "who brings no auth key gets a login URL")
	flag.BoolVar(&o.approval, "approval", false, "new nodes wait for approval")
	flag.BoolVar(&o.separateUsers, "separate-users", false, "each node belongs to a user of its own")
	flag.BoolVar(&o.relayGrants, "relay-grants", false, "the packet filter grants peer relays")
	flag.IntVar(&o.minVersion, "min-version", 0, "refuse clients of a lower capability version")
	flag.DurationVar(&o.ephemeralAfter, "ephemeral-after", 0, "delete ephemeral nodes this long after their map stream ended; 0 for never")
	flag.Parse()
	return o
}

func run(o settings) error {
	t, err := newTailnet(o)
	if err != nil {
		return err
	}
	clients, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	tests, err := listenUnix(o.admin)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	failed := make(chan error, 2)
	go func() { failed <- http.Serve(clients, t) }()
	go func() { failed <- http.Serve(tests, t.adminPort()) }()
	log.Printf("serving %s, admin on %s", o.listen, o.admin)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return t.save()
	}
}

// listenUnix takes the place of a socket that a killed server left behind.
func listenUnix(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return net.Listen("unix", path)
}

// readJSON fills what it is given from a file; no name means no change.
func readJSON(path string, into any) error {
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func relayMap(path string) (*tailcfg.DERPMap, error) {
	relays := &tailcfg.DERPMap{OmitDefaultRegions: true}
	return relays, readJSON(path, relays)
}

var errNotFound = errors.New("no such node: say its key, id, name or address")
