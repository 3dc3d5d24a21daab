// Command echo sends ICMP echoes and prints each answer, in the order in which they came, as JSON:
//
//	echo [-count N] [-interval 10ms] [-wait 2s] [-size BYTES] [-whole] ADDRESS
//	{"answers":[{"seq":1,"ms":0.1}]}
//
// It is here beside the system's ping because that one waits for the last answer only twice as long as for the slowest
// before (10 ms in a fast tunnel), and so reports losses on a busy machine where there were none.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"
)

type answer struct {
	Seq int     `json:"seq"`
	Ms  float64 `json:"ms"`
}

type plan struct {
	to       netip.Addr
	count    int
	interval time.Duration
	wait     time.Duration
	size     int
	whole    bool
}

func main() {
	var p plan
	flag.IntVar(&p.count, "count", 1, "echoes")
	flag.DurationVar(&p.interval, "interval", 10*time.Millisecond, "between two echoes")
	flag.DurationVar(&p.wait, "wait", 2*time.Second, "for answers after the last echo")
	flag.IntVar(&p.size, "size", 56, "bytes of payload")
	flag.BoolVar(&p.whole, "whole", false, "forbid fragments")
	flag.Parse()
	if err := run(p, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "echo:", err)
		os.Exit(1)
	}
}

func run(p plan, address string) (err error) {
	if p.to, err = netip.ParseAddr(address); err != nil {
		return err
	}
	if p.count < 1 || p.count > 65_535 {
		return fmt.Errorf("count %d is not within 1 and 65535", p.count)
	}
	conn, err := open(p)
	if err != nil {
		return err
	}
	defer conn.Close()
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"answers": converse(conn, p)})
}

// converse sends all echoes and collects answers until each has one, or the wait after the last is over.
func converse(conn *net.IPConn, p plan) []answer {
	sentAt := make([]time.Time, p.count+1)
	arrivals := make(chan arrival, p.count)
	go listen(conn, p, arrivals)
	answers, answered := []answer{}, map[int]bool{}
	next, seq := time.NewTimer(0), 0
	for len(answered) < p.count {
		select {
		case <-next.C:
			if seq == p.count {
				return answers
			}
			seq++
			sentAt[seq] = time.Now()
			// An error (no route, too long) is an echo without an answer.
			_, _ = conn.WriteToIP(request(p, seq), &net.IPAddr{IP: p.to.AsSlice()})
			next.Reset(pause(p, seq))
		case a := <-arrivals:
			if a.seq < 1 || a.seq > seq {
				continue
			}
			answered[a.seq] = true
			answers = append(answers, answer{a.seq, float64(a.at.Sub(sentAt[a.seq]).Microseconds()) / 1_000})
		}
	}
	return answers
}

func pause(p plan, seq int) time.Duration {
	if seq == p.count {
		return p.wait
	}
	return p.interval
}
