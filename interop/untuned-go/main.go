// Command untuned-go is what a Go program gets that puts wireguard-go and its netstack together and changes nothing:
// a userspace WireGuard node on UDP sockets alone, without root. It moves one stream and reports it as JSON:
//
//	untuned-go -key HEX -port 1 -address 10.88.0.1 -peer HEX -endpoint 127.0.0.1:2 -peer-address 10.88.0.2 sink
//	{"event":"ready"}
//	untuned-go ... -seconds 3 send
//	{"event":"ready"}
//	{"bytes":1000,"seconds":3.01,"cpu":5.2}
//
// The sender writes for so many seconds, ends its stream, and stops its clock when the sink has said how much arrived.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"time"

	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/device"
	"golang.zx2c4.com/wireguard/tun/netstack"
)

const (
	mtu  = 1420
	port = 7001
)

type settings struct {
	key, peer, endpoint  string
	port                 int
	address, peerAddress string
	seconds              float64
}

func main() {
	var s settings
	flag.StringVar(&s.key, "key", "", "own private key, hex")
	flag.IntVar(&s.port, "port", 0, "UDP port to listen on")
	flag.StringVar(&s.address, "address", "", "own address inside")
	flag.StringVar(&s.peer, "peer", "", "public key of the peer, hex")
	flag.StringVar(&s.endpoint, "endpoint", "", "UDP address of the peer")
	flag.StringVar(&s.peerAddress, "peer-address", "", "address of the peer inside")
	flag.Float64Var(&s.seconds, "seconds", 3, "to send for")
	flag.Parse()
	if err := run(s, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "untuned-go:", err)
		os.Exit(1)
	}
}

func run(s settings, what string) error {
	inside, err := join(s)
	if err != nil {
		return err
	}
	switch what {
	case "sink":
		return sink(inside)
	case "send":
		return send(inside, s.peerAddress, time.Duration(s.seconds*float64(time.Second)))
	default:
		return fmt.Errorf("%q is neither sink nor send", what)
	}
}

// join brings the node up, with the defaults of every part.
func join(s settings) (*netstack.Net, error) {
	address, err := netip.ParseAddr(s.address)
	if err != nil {
		return nil, err
	}
	tun, inside, err := netstack.CreateNetTUN([]netip.Addr{address}, nil, mtu)
	if err != nil {
		return nil, err
	}
	dev := device.NewDevice(tun, conn.NewDefaultBind(), device.NewLogger(device.LogLevelError, ""))
	config := fmt.Sprintf("private_key=%s\nlisten_port=%d\npublic_key=%s\nendpoint=%s\nallowed_ip=%s/32\n",
		s.key, s.port, s.peer, s.endpoint, s.peerAddress)
	if err := dev.IpcSet(config); err != nil {
		return nil, err
	}
	return inside, dev.Up()
}

func say(event any) error {
	return json.NewEncoder(os.Stdout).Encode(event)
}
