package main

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"testing"

	"tailscale.com/util/zstdframe"
)

func frame(message []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(message))), message...)
}

func TestMessagesAreRewrittenHoweverTheBytesAreCut(t *testing.T) {
	stream := append(frame([]byte("one")), frame([]byte("three"))...)
	want := append(frame([]byte("one!")), frame([]byte("three!"))...)
	for cut := range len(stream) {
		out := httptest.NewRecorder()
		f := &frameWriter{to: out, rewrite: func(m []byte) []byte { return append(bytes.Clone(m), '!') }}
		f.Write(stream[:cut])
		f.Write(stream[cut:])
		if !bytes.Equal(out.Body.Bytes(), want) {
			t.Fatalf("cut at %d: %q", cut, out.Body.Bytes())
		}
	}
}

func TestCompressedMessagesAreUnpackedAndPackedAgain(t *testing.T) {
	out := httptest.NewRecorder()
	f := &frameWriter{to: out, compressed: true, rewrite: func(m []byte) []byte { return append(bytes.Clone(m), '!') }}
	f.Write(frame(zstdframe.AppendEncode(nil, []byte("one"), zstdframe.FastestCompression)))
	got, err := zstdframe.AppendDecode(nil, out.Body.Bytes()[lengthSize:])
	if err != nil || string(got) != "one!" {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestAnErrorPagePassesAsItIs(t *testing.T) {
	out := httptest.NewRecorder()
	f := &frameWriter{to: out, rewrite: func([]byte) []byte { return nil }}
	f.WriteHeader(http.StatusBadRequest)
	f.Write([]byte("node not found"))
	if out.Code != http.StatusBadRequest || out.Body.String() != "node not found" {
		t.Fatalf("%d %q", out.Code, out.Body)
	}
}
