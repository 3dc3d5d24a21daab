package main

import (
	"bytes"
	"encoding/binary"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// ICMP echo, both versions (the kernel fills in the checksum of ICMPv6):
//
//	| type 1 | code 1 | checksum 2 | identifier 2 | sequence 2 | payload ... |
const header = 8

type kinds struct{ request, reply byte }

var icmp4, icmp6 = kinds{8, 0}, kinds{128, 129}

type arrival struct {
	seq int
	at  time.Time
}

func open(p plan) (*net.IPConn, error) {
	network := "ip6:ipv6-icmp"
	if p.to.Is4() {
		network = "ip4:icmp"
	}
	conn, err := net.ListenIP(network, nil)
	if err != nil || !p.whole {
		return conn, err
	}
	return conn, forbidFragments(conn, p)
}

func forbidFragments(conn *net.IPConn, p plan) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	level, option := unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER
	if p.to.Is4() {
		level, option = unix.IPPROTO_IP, unix.IP_MTU_DISCOVER
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), level, option, unix.IP_PMTUDISC_DO) })
	if err != nil {
		return err
	}
	return failed
}

func (p plan) kinds() kinds {
	if p.to.Is4() {
		return icmp4
	}
	return icmp6
}

func request(p plan, seq int) []byte {
	message := make([]byte, header+p.size)
	message[0] = p.kinds().request
	binary.BigEndian.PutUint16(message[4:], uint16(os.Getpid()))
	binary.BigEndian.PutUint16(message[6:], uint16(seq))
	for i := range message[header:] {
		message[header+i] = byte(i + seq)
	}
	if p.to.Is4() {
		binary.BigEndian.PutUint16(message[2:], checksum(message))
	}
	return message
}

// listen reports answers that carry back exactly what was sent, until the connection is closed.
func listen(conn *net.IPConn, p plan, arrivals chan<- arrival) {
	message := make([]byte, 65_536)
	for {
		n, from, err := conn.ReadFromIP(message)
		if err != nil {
			return
		}
		at := time.Now()
		if n < header || message[0] != p.kinds().reply || !from.IP.Equal(p.to.AsSlice()) {
			continue
		}
		seq := int(binary.BigEndian.Uint16(message[6:]))
		if bytes.Equal(message[4:n], request(p, seq)[4:]) {
			arrivals <- arrival{seq, at}
		}
	}
}

func checksum(message []byte) uint16 {
	sum := uint32(0)
	for i, b := range message {
		sum += uint32(b) << (8 * (1 - i%2))
	}
	sum = sum&0xffff + sum>>16
	return ^uint16(sum&0xffff + sum>>16)
}
