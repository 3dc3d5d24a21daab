// Command filter says what tailscaled's packet filter does with packets. It reads a JSON object a line, and answers each with one:
//
//	{"rules":[FILTERRULE...],"own":["100.64.0.1/32"],"caps":{"100.64.0.2":["CAP"]},"sent":["HEX"...],"packets":["HEX"...]}
//	{"accepted":[true,false...]}
//
// Each packet comes in alone, after those that were sent. Rules are written as in tailcfg.
package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"

	"go4.org/netipx"
	"tailscale.com/net/packet"
	"tailscale.com/tailcfg"
	"tailscale.com/types/logger"
	"tailscale.com/wgengine/filter"
)

type question struct {
	Rules   []tailcfg.FilterRule                    `json:"rules"`
	Own     []netip.Prefix                          `json:"own"`
	Caps    map[netip.Addr][]tailcfg.NodeCapability `json:"caps"`
	Sent    []string                                `json:"sent"`
	Packets []string                                `json:"packets"`
}

type verdicts struct {
	Accepted []bool `json:"accepted"`
}

func main() {
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "filter:", err)
		os.Exit(1)
	}
}

func answer(in io.Reader, out io.Writer) error {
	questions, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var q question
		if err := questions.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		v, err := judge(q)
		if err != nil {
			return err
		}
		if err := answers.Encode(v); err != nil {
			return err
		}
	}
}

func judge(q question) (verdicts, error) {
	v := verdicts{Accepted: []bool{}}
	for _, text := range q.Packets {
		f, err := filterOf(q)
		if err != nil {
			return v, err
		}
		p, err := parse(text)
		if err != nil {
			return v, err
		}
		v.Accepted = append(v.Accepted, f.RunIn(p, 0) == filter.Accept)
	}
	return v, nil
}

// filterOf makes a filter that has let out what was sent. As in tailscaled, rules that cannot be read are left out.
func filterOf(q question) (*filter.Filter, error) {
	matches, _ := filter.MatchesFromFilterRules(q.Rules)
	var own netipx.IPSetBuilder
	for _, prefix := range q.Own {
		own.AddPrefix(prefix)
	}
	set, err := own.IPSet()
	if err != nil {
		return nil, err
	}
	has := func(source netip.Addr, name tailcfg.NodeCapability) bool {
		return slices.Contains(q.Caps[source], name)
	}
	f := filter.New(matches, has, set, nil, nil, logger.Discard)
	for _, text := range q.Sent {
		p, err := parse(text)
		if err != nil {
			return nil, err
		}
		f.RunOut(p, 0)
	}
	return f, nil
}

func parse(text string) (*packet.Parsed, error) {
	bytes, err := hex.DecodeString(text)
	p := &packet.Parsed{}
	p.Decode(bytes)
	return p, err
}
