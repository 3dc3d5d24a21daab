package main

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"tailscale.com/tsnet"
)

const chunk = 64 << 10

type moved struct {
	Bytes   uint64  `json:"bytes"`
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`
}

// serve takes streams until it is killed, and answers each with the number of bytes that it had.
func serve(node *tsnet.Server) error {
	listener, err := node.Listen("tcp", ":"+strconv.Itoa(port))
	if err != nil {
		return err
	}
	for {
		stream, err := listener.Accept()
		if err != nil {
			return err
		}
		go swallow(stream)
	}
}

func swallow(stream net.Conn) {
	defer stream.Close()
	buffer := make([]byte, chunk)
	var total uint64
	for {
		n, err := stream.Read(buffer)
		total += uint64(n)
		if err != nil {
			break
		}
	}
	_ = binary.Write(stream, binary.BigEndian, total)
}

// measure waits for a way to the server and warms up, so that no handshake is in what it reports.
func measure(node *tsnet.Server, s settings) error {
	peer, err := netip.ParseAddr(s.peer)
	if err != nil {
		return err
	}
	to := netip.AddrPortFrom(peer, port).String()
	for range 3 {
		if _, err := move(node, to, 200*time.Millisecond); err != nil {
			return err
		}
	}
	stream, err := move(node, to, time.Duration(s.seconds*float64(time.Second)))
	if err != nil {
		return err
	}
	if _, err := connect(node, to, s.connections); err != nil {
		return err
	}
	connected, err := connect(node, to, s.connections)
	if err != nil {
		return err
	}
	return say(map[string]any{"moved": stream, "connected": connected})
}

// move writes for as long as it was told, and stops its clock at the answer.
func move(node *tsnet.Server, to string, duration time.Duration) (moved, error) {
	stream, err := dial(node, to)
	if err != nil {
		return moved{}, err
	}
	defer stream.Close()
	cpu, began := cpuTime(), time.Now()
	buffer := make([]byte, chunk)
	for time.Since(began) < duration {
		if _, err := stream.Write(buffer); err != nil {
			return moved{}, err
		}
	}
	if err := stream.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		return moved{}, err
	}
	var total uint64
	if err := binary.Read(stream, binary.BigEndian, &total); err != nil {
		return moved{}, err
	}
	return moved{Bytes: total, Seconds: time.Since(began).Seconds(), CPU: (cpuTime() - cpu).Seconds()}, nil
}

// connect opens connections one after the other and closes each before the next; milliseconds that each took to open.
func connect(node *tsnet.Server, to string, count int) ([]float64, error) {
	taken := make([]float64, 0, count)
	for range count {
		began := time.Now()
		stream, err := dial(node, to)
		if err != nil {
			return nil, err
		}
		taken = append(taken, float64(time.Since(began).Microseconds())/1000)
		stream.Close()
	}
	return taken, nil
}

func dial(node *tsnet.Server, to string) (net.Conn, error) {
	patience, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return node.Dial(patience, "tcp", to)
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
