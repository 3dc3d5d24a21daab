package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"tailscale.com/tailcfg"
	"tailscale.com/types/key"
)

// savedState is what outlives a restart, also one by SIGKILL: it is written after each change.
type savedState struct {
	Noise     key.MachinePrivate
	LastID    tailcfg.NodeID
	Nodes     map[key.NodePublic]*tailcfg.Node
	Users     map[key.NodePublic]*tailcfg.User
	Logins    map[key.NodePublic]*tailcfg.Login
	Authed    []key.NodePublic
	Ephemeral map[key.NodePublic]bool
}

// restore takes what the last run left, or makes a new key. testcontrol itself has none before the first GET of /key.
func (t *tailnet) restore() error {
	saved := savedState{Noise: key.NewMachine()}
	if err := readJSON(t.state, &saved); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	p := t.private
	*p.noise, *p.noisePub, *p.legacyPub = saved.Noise, saved.Noise.Public(), saved.Noise.Public()
	p.authed.Make()
	p.authed.AddSlice(saved.Authed)
	if err := readJSON(t.overlayFile(), &t.overlay); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if saved.Nodes != nil {
		*p.nodes, *p.users, *p.logins = saved.Nodes, saved.Users, saved.Logins
		t.lastID, t.ephemeral = saved.LastID, saved.Ephemeral
	}
	for _, n := range *p.nodes {
		n.Online = new(false)
	}
	return t.save()
}

func (t *tailnet) save() error {
	if t.state == "" {
		return nil
	}
	t.saving.Lock()
	defer t.saving.Unlock()
	text, err := t.pack()
	if err != nil {
		return err
	}
	return replaceFile(t.state, text)
}

// overlayFile is beside the state, and written only when an overlay changes: one may be a map of ten thousand nodes.
func (t *tailnet) overlayFile() string {
	if t.state == "" {
		return ""
	}
	return t.state + ".overlay"
}

func (t *tailnet) saveOverlay() error {
	if t.state == "" {
		return nil
	}
	t.saving.Lock()
	defer t.saving.Unlock()
	t.mu.Lock()
	text, err := json.Marshal(t.overlay)
	t.mu.Unlock()
	if err != nil {
		return err
	}
	return replaceFile(t.overlayFile(), text)
}

// kept tells of a state that could not be written.
func kept(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "control: state not saved:", err)
	}
}

func replaceFile(path string, text []byte) error {
	partial := path + ".new"
	if err := os.WriteFile(partial, text, 0o600); err != nil {
		return err
	}
	return os.Rename(partial, path)
}

func (t *tailnet) pack() ([]byte, error) {
	p := t.private
	p.mu.Lock()
	defer p.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	return json.Marshal(savedState{
		Noise: *p.noise, LastID: t.lastID, Nodes: *p.nodes, Users: *p.users, Logins: *p.logins,
		Authed: p.authed.Slice(), Ephemeral: t.ephemeral,
	})
}
