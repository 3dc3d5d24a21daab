package main

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.zx2c4.com/wireguard/tun/netstack"
)

const chunk = 64 << 10

type moved struct {
	Bytes   uint64  `json:"bytes"`
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`
}

// sink takes streams until it is killed, and answers each with the number of bytes that it had.
func sink(inside *netstack.Net) error {
	listener, err := inside.ListenTCP(&net.TCPAddr{Port: port})
	if err != nil {
		return err
	}
	if err := say(map[string]string{"event": "ready"}); err != nil {
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

// send writes for as long as it was told, and stops its clock at the answer.
func send(inside *netstack.Net, to string, duration time.Duration) error {
	address, err := netip.ParseAddr(to)
	if err != nil {
		return err
	}
	stream, err := inside.DialTCPAddrPort(netip.AddrPortFrom(address, port))
	if err != nil {
		return err
	}
	defer stream.Close()
	cpu, began := cpuTime(), time.Now()
	buffer := make([]byte, chunk)
	for time.Since(began) < duration {
		if _, err := stream.Write(buffer); err != nil {
			return err
		}
	}
	if err := stream.CloseWrite(); err != nil {
		return err
	}
	var total uint64
	if err := binary.Read(stream, binary.BigEndian, &total); err != nil && err != io.EOF {
		return err
	}
	return say(moved{Bytes: total, Seconds: time.Since(began).Seconds(), CPU: (cpuTime() - cpu).Seconds()})
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
