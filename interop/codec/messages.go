package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"golang.zx2c4.com/wireguard/device"
)

// transportHeader is device.MessageTransport without the content, which has no fixed size.
type transportHeader struct {
	Type     uint32
	Receiver uint32
	Counter  uint64
}

func decode(b []byte) (fields, error) {
	if len(b) < 4 {
		return fields{}, errNoMessage
	}
	switch kind := binary.LittleEndian.Uint32(b); {
	case kind == device.MessageInitiationType && len(b) == device.MessageInitiationSize:
		var m device.MessageInitiation
		fill(b, &m)
		return fields{Type: m.Type, Sender: m.Sender, Ephemeral: text(m.Ephemeral[:]), Static: text(m.Static[:]),
			Timestamp: text(m.Timestamp[:]), MAC1: text(m.MAC1[:]), MAC2: text(m.MAC2[:])}, nil
	case kind == device.MessageResponseType && len(b) == device.MessageResponseSize:
		var m device.MessageResponse
		fill(b, &m)
		return fields{Type: m.Type, Sender: m.Sender, Receiver: m.Receiver, Ephemeral: text(m.Ephemeral[:]),
			Empty: text(m.Empty[:]), MAC1: text(m.MAC1[:]), MAC2: text(m.MAC2[:])}, nil
	case kind == device.MessageCookieReplyType && len(b) == device.MessageCookieReplySize:
		var m device.MessageCookieReply
		fill(b, &m)
		return fields{Type: m.Type, Receiver: m.Receiver, Nonce: text(m.Nonce[:]), Cookie: text(m.Cookie[:])}, nil
	case kind == device.MessageTransportType && len(b) >= device.MessageTransportSize:
		var m transportHeader
		fill(b[:device.MessageTransportHeaderSize], &m)
		content := b[device.MessageTransportOffsetContent:]
		return fields{Type: m.Type, Receiver: m.Receiver, Counter: m.Counter, Content: text(content)}, nil
	}
	return fields{}, errNoMessage
}

func encode(f fields) ([]byte, error) {
	p := parts{}
	var message any
	switch f.Type {
	case device.MessageInitiationType:
		m := device.MessageInitiation{Type: f.Type, Sender: f.Sender}
		p.copy(m.Ephemeral[:], f.Ephemeral)
		p.copy(m.Static[:], f.Static)
		p.copy(m.Timestamp[:], f.Timestamp)
		p.copy(m.MAC1[:], f.MAC1)
		p.copy(m.MAC2[:], f.MAC2)
		message = m
	case device.MessageResponseType:
		m := device.MessageResponse{Type: f.Type, Sender: f.Sender, Receiver: f.Receiver}
		p.copy(m.Ephemeral[:], f.Ephemeral)
		p.copy(m.Empty[:], f.Empty)
		p.copy(m.MAC1[:], f.MAC1)
		p.copy(m.MAC2[:], f.MAC2)
		message = m
	case device.MessageCookieReplyType:
		m := device.MessageCookieReply{Type: f.Type, Receiver: f.Receiver}
		p.copy(m.Nonce[:], f.Nonce)
		p.copy(m.Cookie[:], f.Cookie)
		message = m
	case device.MessageTransportType:
		message = transportHeader{f.Type, f.Receiver, f.Counter}
	default:
		return nil, errNoMessage
	}
	content, err := hex.DecodeString(f.Content)
	if err != nil || p.err != nil {
		return nil, fmt.Errorf("fields do not fit: %v %v", p.err, err)
	}
	var out bytes.Buffer
	if err := binary.Write(&out, binary.LittleEndian, message); err != nil {
		return nil, err
	}
	return append(out.Bytes(), content...), nil
}

// fill reads a whole struct; the caller has checked the size, so it cannot fail.
func fill(b []byte, message any) {
	if err := binary.Read(bytes.NewReader(b), binary.LittleEndian, message); err != nil {
		panic(err)
	}
}

func text(b []byte) string { return hex.EncodeToString(b) }

// parts remembers the first field that did not fit.
type parts struct{ err error }

func (p *parts) copy(into []byte, from string) {
	b, err := hex.DecodeString(from)
	if err == nil && len(b) != len(into) {
		err = fmt.Errorf("%d bytes for a field of %d", len(b), len(into))
	}
	if p.err == nil {
		p.err = err
	}
	copy(into, b)
}
