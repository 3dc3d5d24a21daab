package main

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	mathrand "math/rand/v2"
	"sync/atomic"

	"golang.org/x/crypto/blake2s"
	"golang.org/x/crypto/chacha20poly1305"
)

// A handshake initiation, 148 bytes; a cookie reply, 64 bytes; a data message:
//
//	| type 1, 0 0 0 | sender 4 | random ... 108 | mac1 16 | mac2 16 |
//	| type 3, 0 0 0 | receiver 4 | nonce 24 | sealed cookie 16 + 16 |
//	| type 4, 0 0 0 | receiver 4 | counter 8 | random ... |
const (
	initiation     = 1
	cookieReply    = 3
	transport      = 4
	initiationSize = 148
	cookieSize     = 64
	dataSize       = 128
	macSize        = 16
	mac1At         = initiationSize - 2*macSize
	mac2At         = initiationSize - macSize
	longestRandom  = 200
)

type messages struct {
	make   func() []byte
	random *mathrand.Rand
	mac1   [32]byte
	cookie [32]byte
	// The message that asks for a cookie, and the cookie once it is there.
	asking []byte
	given  atomic.Pointer[[]byte]
}

func newMessages(kind, key string, random *mathrand.Rand) (*messages, error) {
	m := &messages{random: random}
	makers := map[string]func() []byte{
		"random": m.noise, "bad-mac1": m.initiation, "initiations": m.known, "cookies": m.proven, "indices": m.data,
	}
	m.make = makers[kind]
	if m.make == nil {
		return nil, fmt.Errorf("unknown kind %q", kind)
	}
	if kind != "initiations" && kind != "cookies" {
		return m, nil
	}
	public, err := hex.DecodeString(key)
	if err != nil || len(public) != 32 {
		return nil, fmt.Errorf("kind %s needs -key with 64 hexadecimal digits", kind)
	}
	m.mac1 = blake2s.Sum256(append([]byte("mac1----"), public...))
	m.cookie = blake2s.Sum256(append([]byte("cookie--"), public...))
	m.asking = m.known()
	return m, nil
}

func (m *messages) next() []byte {
	return m.make()
}

func (m *messages) noise() []byte {
	message := make([]byte, 1+m.random.IntN(longestRandom))
	_, _ = rand.Read(message)
	return message
}

func (m *messages) initiation() []byte {
	message := make([]byte, initiationSize)
	_, _ = rand.Read(message[4:mac2At])
	message[0] = initiation
	return message
}

func (m *messages) known() []byte {
	message := m.initiation()
	copy(message[mac1At:], mac(m.mac1[:], message[:mac1At]))
	return message
}

// proven asks with one and the same message until a cookie comes; with it, every message is another one.
func (m *messages) proven() []byte {
	cookie := m.given.Load()
	if cookie == nil {
		return m.asking
	}
	message := m.known()
	copy(message[mac2At:], mac(*cookie, message[:mac2At]))
	return message
}

func (m *messages) data() []byte {
	message := make([]byte, dataSize)
	_, _ = rand.Read(message[4:])
	message[0] = transport
	binary.LittleEndian.PutUint64(message[8:], m.random.Uint64N(1<<20))
	return message
}

// heard takes the cookie out of a reply to the message that asks for one.
func (m *messages) heard(reply []byte) {
	if len(reply) != cookieSize || reply[0] != cookieReply || m.asking == nil {
		return
	}
	aead, err := chacha20poly1305.NewX(m.cookie[:])
	if err != nil {
		return
	}
	if cookie, err := aead.Open(nil, reply[8:32], reply[32:], m.asking[mac1At:mac2At]); err == nil {
		m.given.Store(&cookie)
	}
}

// mac is keyed BLAKE2s with 16 bytes of output, which are a parameter of it and no cut.
func mac(key, message []byte) []byte {
	h, err := blake2s.New128(key)
	if err != nil {
		panic(err) // only a key longer than 32 bytes
	}
	_, _ = h.Write(message)
	return h.Sum(nil)
}
