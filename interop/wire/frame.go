package main

import "encoding/binary"

const (
	ethernetHeader = 14
	typeIPv4       = 0x0800
	typeIPv6       = 0x86dd
	protocolUDP    = 17
	protocolICMPv6 = 58
	// RFC 4861: router solicitation to redirect.
	firstNeighbourType = 133
	lastNeighbourType  = 137
)

// layers says where the parts of an Ethernet frame begin.
//
//	| Ethernet 14 | IPv4 20..60 or IPv6 40 | transport ... |
type layers struct {
	ip        bool
	protocol  byte
	transport int
	fragment  bool
}

// parse finds the layers; anything that is not plain IPv4 or IPv6 has ip == false.
func parse(frame []byte) layers {
	if len(frame) < ethernetHeader+20 {
		return layers{}
	}
	switch binary.BigEndian.Uint16(frame[12:]) {
	case typeIPv4:
		return parseIPv4(frame)
	case typeIPv6:
		return parseIPv6(frame)
	}
	return layers{}
}

func parseIPv4(frame []byte) layers {
	header := int(frame[ethernetHeader]&0x0f) * 4
	if header < 20 || len(frame) < ethernetHeader+header {
		return layers{}
	}
	fragment := binary.BigEndian.Uint16(frame[ethernetHeader+6:])&0x3fff != 0
	return layers{ip: true, protocol: frame[ethernetHeader+9], transport: ethernetHeader + header, fragment: fragment}
}

func parseIPv6(frame []byte) layers {
	if len(frame) < ethernetHeader+40 {
		return layers{}
	}
	next := frame[ethernetHeader+6]
	return layers{ip: true, protocol: next, transport: ethernetHeader + 40, fragment: next == 44}
}

// isHousekeeping is true for what kernels say among themselves: ARP, neighbour discovery, and anything to a group
// (multicast reports). Losing an ARP answer costs a second of the kernel's own retries and says nothing about the protocol
// under test, and reports come when they like and would shift the seed's pattern. So these are only delayed.
func isHousekeeping(frame []byte, l layers) bool {
	if !l.ip || frame[0]&1 == 1 {
		return true
	}
	if l.protocol != protocolICMPv6 || l.transport >= len(frame) {
		return false
	}
	kind := frame[l.transport]
	return kind >= firstNeighbourType && kind <= lastNeighbourType
}

// flipBit damages one bit of a frame. In UDP the bit lies in the payload and the checksum is mended, so that
// the damage reaches the program behind the socket instead of ending in the kernel.
func flipBit(frame []byte, l layers, random uint64) {
	from := l.transport
	mend := l.protocol == protocolUDP && !l.fragment && len(frame) > l.transport+8
	if mend {
		from += 8
	}
	if from >= len(frame) {
		return
	}
	at := from + int((random>>3)%uint64(len(frame)-from))
	before := wordAt(frame, from, at)
	frame[at] ^= 1 << (random & 7)
	if mend {
		mendChecksum(frame[l.transport+6:], before, wordAt(frame, from, at))
	}
}

// wordAt is the 16-bit word of the checksum that contains the byte at; from is where words begin.
func wordAt(frame []byte, from, at int) uint16 {
	start := at - (at-from)%2
	if start+1 >= len(frame) {
		return uint16(frame[start]) << 8
	}
	return binary.BigEndian.Uint16(frame[start:])
}

// mendChecksum is RFC 1624 equation 3: ~(~sum + ~before + after). Zero means "no checksum" and stays.
func mendChecksum(field []byte, before, after uint16) {
	old := binary.BigEndian.Uint16(field)
	if old == 0 {
		return
	}
	sum := uint32(^old) + uint32(^before) + uint32(after)
	sum = sum&0xffff + sum>>16
	sum = sum&0xffff + sum>>16
	mended := ^uint16(sum)
	if mended == 0 {
		mended = 0xffff
	}
	binary.BigEndian.PutUint16(field, mended)
}
