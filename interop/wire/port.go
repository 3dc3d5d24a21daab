package main

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

const receiveBuffer = 32 << 20

// port sends and receives whole Ethernet frames on one interface.
type port struct{ fd int }

func openPort(name string) (*port, error) {
	device, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("interface %s: %w", name, err)
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("raw socket on %s (needs CAP_NET_RAW): %w", name, err)
	}
	if err := preparePort(fd, device.Index); err != nil {
		return nil, fmt.Errorf("raw socket on %s: %w", name, err)
	}
	return &port{fd}, nil
}

func preparePort(fd, index int) error {
	// Without this, frames that we send would come back to us.
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer); err != nil {
		return err
	}
	everyFrame := unix.PacketMreq{Ifindex: int32(index), Type: unix.PACKET_MR_PROMISC}
	if err := unix.SetsockoptPacketMreq(fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &everyFrame); err != nil {
		return err
	}
	return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL), Ifindex: index})
}

func networkOrder(v uint16) uint16 { return v<<8 | v>>8 }

func (p *port) read(frame []byte) (int, error) {
	for {
		n, err := unix.Read(p.fd, frame)
		if err != unix.EINTR {
			return n, err
		}
	}
}

func (p *port) write(frame []byte) error {
	_, err := unix.Write(p.fd, frame)
	return err
}

// dropped is how many frames the kernel threw away since the last call, because we read too slowly.
func (p *port) dropped() uint64 {
	stats, err := unix.GetsockoptTpacketStats(p.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0
	}
	return uint64(stats.Drops)
}
