package main

import (
	"errors"
	"net"
	"os"
)

// answers counts what came back, by message type.
type answers map[int]uint64

// listen hears until the sender is closed. A refusal of the far host (ICMP) is no end.
func listen(in sender, messages *messages, done chan<- answers) {
	counted := answers{}
	buffer := make([]byte, 65_536)
	for {
		n, err := in.receive(buffer)
		if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
			done <- counted
			return
		}
		if err != nil || n == 0 {
			continue
		}
		counted[int(buffer[0])]++
		messages.heard(buffer[:n])
	}
}
