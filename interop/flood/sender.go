package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// sender is one way to put datagrams on the wire, and to hear what comes back, if anything can.
type sender interface {
	send(message []byte) error
	receive(into []byte) (int, error)
	close()
}

func open(p plan, random *rand.Rand) (sender, error) {
	if p.from.IsValid() {
		return openSpoofed(p, random)
	}
	conn, err := net.DialUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.source, 0)), net.UDPAddrFromAddrPort(p.to))
	if err != nil {
		return nil, err
	}
	return &honest{conn}, nil
}

// honest sends from an address of its own.
type honest struct{ conn *net.UDPConn }

func (h *honest) send(message []byte) error {
	_, err := h.conn.Write(message)
	return err
}

func (h *honest) receive(into []byte) (int, error) { return h.conn.Read(into) }

// close leaves answers that are on their way a moment to come.
func (h *honest) close() { _ = h.conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)) }

// spoofed writes the IPv4 header itself, with a source that changes from datagram to datagram.
type spoofed struct {
	fd     int
	to     unix.SockaddrInet4
	port   uint16
	from   netip.Prefix
	random *rand.Rand
	buffer []byte
	done   chan struct{}
	closed bool
}

const (
	ipHeader  = 20
	udpHeader = 8
)

func openSpoofed(p plan, random *rand.Rand) (*spoofed, error) {
	if !p.to.Addr().Is4() || !p.from.Addr().Is4() {
		return nil, fmt.Errorf("spoofing is for IPv4 only")
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_RAW)
	if err != nil {
		return nil, err
	}
	s := &spoofed{fd: fd, port: p.to.Port(), from: p.from.Masked(), random: random, buffer: make([]byte, 65_535), done: make(chan struct{})}
	s.to.Addr = p.to.Addr().As4()
	return s, nil
}

// Identification, checksum of the header and total length are filled in by the kernel; UDP without a checksum is valid.
//
//	| 0x45, tos | length | id | flags | ttl 64, proto 17 | sum | source | destination || source port | port | length | sum 0 |
func (s *spoofed) send(message []byte) error {
	packet := s.buffer[:ipHeader+udpHeader+len(message)]
	clear(packet[:ipHeader+udpHeader])
	packet[0], packet[8], packet[9] = 0x45, 64, unix.IPPROTO_UDP
	source := s.address()
	copy(packet[12:], source[:])
	copy(packet[16:], s.to.Addr[:])
	binary.BigEndian.PutUint16(packet[20:], uint16(1_024+s.random.IntN(64_000)))
	binary.BigEndian.PutUint16(packet[22:], s.port)
	binary.BigEndian.PutUint16(packet[24:], uint16(udpHeader+len(message)))
	copy(packet[ipHeader+udpHeader:], message)
	return unix.Sendto(s.fd, packet, 0, &s.to)
}

func (s *spoofed) address() [4]byte {
	base := s.from.Addr().As4()
	host := s.random.Uint32() & (1<<(32-s.from.Bits()) - 1)
	binary.BigEndian.PutUint32(base[:], binary.BigEndian.Uint32(base[:])|host)
	return base
}

// receive hears nothing: answers go to whoever has the address.
func (s *spoofed) receive([]byte) (int, error) {
	<-s.done
	return 0, net.ErrClosed
}

func (s *spoofed) close() {
	if s.closed {
		return
	}
	s.closed = true
	close(s.done)
	_ = unix.Close(s.fd)
}
