// Command tsnet is what a Go program gets that joins a tailnet with tailscale.com/tsnet and changes nothing. It is what
// our nodes are measured against, and reports in lines of JSON:
//
//	tsnet -control http://10.77.0.1:8080 -auth-key KEY -hostname b -dir FOLDER serve
//	{"address":"100.64.0.2"}
//	tsnet -control ... -hostname a -dir FOLDER -peer 100.64.0.2 -seconds 3 -connections 500 measure
//	{"address":"100.64.0.1"}
//	{"moved":{"bytes":1000,"seconds":3.01,"cpu":5.2},"connected":[0.7,0.8]}
//
// A server answers each stream with the number of bytes that it had, once the stream has ended. To measure is to move one
// stream for so many seconds, up to that answer, and then to open connections one after the other, twice; milliseconds of
// each of the second time.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"tailscale.com/tsnet"
)

const port = 7001

type settings struct {
	control, authKey string
	hostname, dir    string
	peer             string
	seconds          float64
	connections      int
}

func main() {
	log.SetFlags(log.Ltime | log.Lmicroseconds)
	var s settings
	flag.StringVar(&s.control, "control", "", "URL of the control server")
	flag.StringVar(&s.authKey, "auth-key", "", "auth key")
	flag.StringVar(&s.hostname, "hostname", "", "own name in the tailnet")
	flag.StringVar(&s.dir, "dir", "", "folder for state")
	flag.StringVar(&s.peer, "peer", "", "address of the server inside")
	flag.Float64Var(&s.seconds, "seconds", 3, "to send for")
	flag.IntVar(&s.connections, "connections", 500, "to open one after the other")
	flag.Parse()
	if err := run(s, flag.Arg(0)); err != nil {
		log.Fatal("tsnet: ", err)
	}
}

func run(s settings, what string) error {
	node, err := join(s)
	if err != nil {
		return err
	}
	switch what {
	case "serve":
		return serve(node)
	case "measure":
		return measure(node, s)
	default:
		return fmt.Errorf("%q is neither serve nor measure", what)
	}
}

// join brings the node up and says its address.
func join(s settings) (*tsnet.Server, error) {
	node := &tsnet.Server{
		Dir:        s.dir,
		Hostname:   s.hostname,
		AuthKey:    s.authKey,
		ControlURL: s.control,
		Ephemeral:  true,
		Logf:       func(string, ...any) {},
		UserLogf:   func(string, ...any) {},
	}
	patience, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	status, err := node.Up(patience)
	if err != nil {
		return nil, err
	}
	return node, say(map[string]any{"address": status.TailscaleIPs[0]})
}

func say(event any) error {
	return json.NewEncoder(os.Stdout).Encode(event)
}
