package main

import (
	"encoding/binary"
	"net/http"

	"tailscale.com/util/zstdframe"
)

// frameWriter rewrites the messages of a map stream on their way:
//
//	| length u32le | JSON, or zstd of it |
type frameWriter struct {
	to         http.ResponseWriter
	compressed bool
	rewrite    func(message []byte) []byte

	refused bool // an error page has no frames
	pending []byte
}

const lengthSize = 4

func (f *frameWriter) Header() http.Header { return f.to.Header() }
func (f *frameWriter) Flush()              { f.to.(http.Flusher).Flush() }

func (f *frameWriter) WriteHeader(status int) {
	f.refused = status != http.StatusOK
	f.to.WriteHeader(status)
}

func (f *frameWriter) Write(p []byte) (int, error) {
	if f.refused {
		return f.to.Write(p)
	}
	f.pending = append(f.pending, p...)
	for len(f.pending) >= lengthSize {
		end := lengthSize + int(binary.LittleEndian.Uint32(f.pending))
		if len(f.pending) < end {
			break
		}
		if err := f.pass(f.pending[lengthSize:end]); err != nil {
			return 0, err
		}
		f.pending = f.pending[end:]
	}
	return len(p), nil
}

func (f *frameWriter) pass(message []byte) (err error) {
	if f.compressed {
		if message, err = zstdframe.AppendDecode(nil, message); err != nil {
			return err
		}
	}
	message = f.rewrite(message)
	if f.compressed {
		message = zstdframe.AppendEncode(nil, message, zstdframe.FastestCompression)
	}
	frame := binary.LittleEndian.AppendUint32(nil, uint32(len(message)))
	_, err = f.to.Write(append(frame, message...))
	return err
}
