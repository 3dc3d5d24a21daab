package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// wire is both directions, by name.
type wire map[string]*direction

type request struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

type failure struct {
	Message string `json:"message"`
}

type response struct {
	ID     int      `json:"id"`
	Result any      `json:"result,omitempty"`
	Error  *failure `json:"error,omitempty"`
}

// serve answers requests until the input ends.
func (w wire) serve(in io.Reader, out io.Writer) error {
	answers := json.NewEncoder(out)
	if err := answers.Encode(map[string]string{"event": "ready"}); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return fmt.Errorf("request is not JSON: %w", err)
		}
		if err := answers.Encode(w.answer(r)); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (w wire) answer(r request) response {
	result, err := w.call(r)
	if err != nil {
		return response{ID: r.ID, Error: &failure{err.Error()}}
	}
	return response{ID: r.ID, Result: result}
}

func (w wire) call(r request) (any, error) {
	switch r.Method {
	case "set":
		return struct{}{}, w.set(r.Params)
	case "counters":
		return map[string]counters{"left": w["left"].counters(), "right": w["right"].counters()}, nil
	}
	return nil, fmt.Errorf("unknown method %q: use set or counters", r.Method)
}

func (w wire) set(params json.RawMessage) error {
	var which struct {
		Direction string `json:"direction"`
	}
	if err := json.Unmarshal(params, &which); err != nil {
		return err
	}
	update := func(s *settings) error { return updateSettings(s, params) }
	if which.Direction == "" {
		if err := w["left"].change(update); err != nil {
			return err
		}
		return w["right"].change(update)
	}
	d, ok := w[which.Direction]
	if !ok {
		return fmt.Errorf("unknown direction %q: use left or right", which.Direction)
	}
	return d.change(update)
}

// updateSettings refuses a field that it does not know: a misspelt one would make a test prove nothing.
func updateSettings(s *settings, params json.RawMessage) error {
	named := struct {
		Direction string `json:"direction"`
		*settings
	}{settings: s}
	decoder := json.NewDecoder(bytes.NewReader(params))
	decoder.DisallowUnknownFields()
	return decoder.Decode(&named)
}
