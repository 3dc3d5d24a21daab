package main

import (
	"encoding/json"
	"os"
	"sync"
	"time"
)

// trace is a file with a JSON line for each request and answer, in the order in which they passed.
type trace struct {
	mu   sync.Mutex
	file *os.File
}

type traceLine struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // request, register, registered, map or mapped
	Who  string    `json:"who"`  // a node key, or the path of another request
	Body any       `json:"body,omitempty"`
}

// openTrace returns nil for no name; nil takes lines, too, and forgets them.
func openTrace(path string) (*trace, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &trace{file: file}, err
}

func (t *trace) write(kind, who string, body []byte) {
	if t == nil {
		return
	}
	line := traceLine{At: time.Now(), Kind: kind, Who: who}
	switch {
	case json.Valid(body):
		line.Body = json.RawMessage(body)
	case len(body) > 0:
		line.Body = string(body)
	}
	text, _ := json.Marshal(line) // of these types it cannot fail
	t.mu.Lock()
	defer t.mu.Unlock()
	t.file.Write(append(text, '\n'))
}
