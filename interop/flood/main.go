// Command flood sends datagrams that a WireGuard port must get rid of cheaply, at a set rate for a set time:
//
//	flood -to 10.77.0.1:51820 -kind initiations -key HEX -rate 5000 -for 10s [-from 10.77.0.0/24] [-source 10.77.0.2] [-seed 1]
//
// kinds
//
//	random       random bytes, 1 to 200 of them
//	bad-mac1     initiations of random bytes
//	initiations  the same with a valid mac1, which needs the public key of the node; the rest means nothing
//	cookies      the same, and each cookie that comes back is used: a valid mac2 from one address
//	indices      data messages with a random receiver index
//
// With -from every datagram has another source address of that network, and a random port; otherwise all come from one socket.
// At the end it prints what it did, as JSON: {"sent":50000,"failed":0,"seconds":10.0,"answers":{"3":120}}; answers are by message type.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"time"
)

type plan struct {
	to     netip.AddrPort
	from   netip.Prefix
	source netip.Addr
	rate   int
	last   time.Duration
}

type report struct {
	Sent    uint64         `json:"sent"`
	Failed  uint64         `json:"failed"`
	Seconds float64        `json:"seconds"`
	Answers map[int]uint64 `json:"answers"`
}

func main() {
	var p plan
	flag.TextVar(&p.to, "to", netip.AddrPort{}, "where to")
	from := flag.String("from", "", "IPv4 network of spoofed sources")
	flag.TextVar(&p.source, "source", netip.IPv4Unspecified(), "source address without -from")
	kind := flag.String("kind", "random", "random, bad-mac1, initiations, cookies or indices")
	key := flag.String("key", "", "public key of the node, hexadecimal")
	flag.IntVar(&p.rate, "rate", 1_000, "datagrams a second")
	flag.DurationVar(&p.last, "for", time.Second, "how long")
	seed := flag.Uint64("seed", 1, "of all random bytes")
	flag.Parse()
	if err := run(p, *from, *kind, *key, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "flood:", err)
		os.Exit(1)
	}
}

func run(p plan, from, kind, key string, seed uint64) (err error) {
	if from != "" {
		if p.from, err = netip.ParsePrefix(from); err != nil {
			return err
		}
	}
	random := rand.New(rand.NewPCG(seed, 1))
	messages, err := newMessages(kind, key, random)
	if err != nil {
		return err
	}
	out, err := open(p, random)
	if err != nil {
		return err
	}
	defer out.close()
	heard := make(chan answers, 1)
	go listen(out, messages, heard)
	r := send(p, messages, out)
	out.close()
	r.Answers = <-heard
	return json.NewEncoder(os.Stdout).Encode(r)
}

// A millisecond is as fine as a timer of a busy machine can be trusted.
const beat = time.Millisecond

// send keeps to the rate on average: what a late timer left out follows at once, but never more than a tenth of a second of it.
func send(p plan, messages *messages, out sender) report {
	r := report{}
	began := time.Now()
	due, behind := 0.0, float64(p.rate)/10
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	last := began
	for now := began; now.Sub(began) < p.last; now = <-ticker.C {
		due = min(due+now.Sub(last).Seconds()*float64(p.rate), behind)
		for last = now; due >= 1; due-- {
			if out.send(messages.next()) == nil {
				r.Sent++
			} else {
				r.Failed++
			}
		}
	}
	r.Seconds = time.Since(began).Seconds()
	return r
}
