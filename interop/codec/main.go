// Command codec reads WireGuard messages in hexadecimal, one a line, and answers each with its fields and with the bytes that wireguard-go's
// own structs make of them, as one line of JSON:
//
//	> 030000004433221177...
//	{"type":3,"receiver":287454020,"nonce":"7777...","cookie":"de57...","again":"0300000044332211..."}
//	> {"type":3,"receiver":287454020,"nonce":"7777...","cookie":"de57..."}
//	{...,"again":"0300000044332211..."}
//	> 05
//	{"error":"no message"}
//
// A line that begins with a brace gives fields, so that they are encoded here and decoded elsewhere.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// fields are those of all four messages; what a message does not have is left out.
type fields struct {
	Type      uint32 `json:"type"`
	Sender    uint32 `json:"sender,omitempty"`
	Receiver  uint32 `json:"receiver,omitempty"`
	Counter   uint64 `json:"counter,omitempty,string"`
	Ephemeral string `json:"ephemeral,omitempty"`
	Static    string `json:"static,omitempty"`
	Timestamp string `json:"timestamp,omitempty"`
	Empty     string `json:"empty,omitempty"`
	MAC1      string `json:"mac1,omitempty"`
	MAC2      string `json:"mac2,omitempty"`
	Nonce     string `json:"nonce,omitempty"`
	Cookie    string `json:"cookie,omitempty"`
	Content   string `json:"content,omitempty"`
	Again     string `json:"again,omitempty"`
}

var errNoMessage = errors.New("no message")

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "codec:", err)
		os.Exit(1)
	}
}

func serve() error {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for in.Scan() {
		if err := json.NewEncoder(out).Encode(answer(in.Text())); err != nil {
			return err
		}
	}
	return errors.Join(in.Err(), out.Flush())
}

func answer(line string) any {
	f, err := read(line)
	if err == nil {
		var b []byte
		if b, err = encode(f); err == nil {
			f.Again = hex.EncodeToString(b)
			return f
		}
	}
	return map[string]string{"error": err.Error()}
}

func read(line string) (f fields, err error) {
	if strings.HasPrefix(line, "{") {
		return f, json.Unmarshal([]byte(line), &f)
	}
	b, err := hex.DecodeString(line)
	if err != nil {
		return f, err
	}
	return decode(b)
}
