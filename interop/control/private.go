package main

import (
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"unsafe"

	"tailscale.com/tailcfg"
	"tailscale.com/tstest/integration/testcontrol"
	"tailscale.com/types/key"
	"tailscale.com/util/set"
)

// private points at what testcontrol keeps to itself; this file alone knows the names of those fields.
// Everything but mux is guarded by mu.
type private struct {
	mu        *sync.Mutex
	mux       **http.ServeMux
	noise     *key.MachinePrivate
	noisePub  *key.MachinePublic
	legacyPub *key.MachinePublic
	nodes     *map[key.NodePublic]*tailcfg.Node
	users     *map[key.NodePublic]*tailcfg.User
	logins    *map[key.NodePublic]*tailcfg.Login
	authed    *set.Set[key.NodePublic]
	authPaths *map[string]*testcontrol.AuthPath
	rawOnly   *set.Set[key.NodePublic]
}

func privateOf(s *testcontrol.Server) private {
	return private{
		mu:        field[sync.Mutex](s, "mu"),
		mux:       field[*http.ServeMux](s, "mux"),
		noise:     field[key.MachinePrivate](s, "noisePrivKey"),
		noisePub:  field[key.MachinePublic](s, "noisePubKey"),
		legacyPub: field[key.MachinePublic](s, "pubKey"),
		nodes:     field[map[key.NodePublic]*tailcfg.Node](s, "nodes"),
		users:     field[map[key.NodePublic]*tailcfg.User](s, "users"),
		logins:    field[map[key.NodePublic]*tailcfg.Login](s, "logins"),
		authed:    field[set.Set[key.NodePublic]](s, "nodeKeyAuthed"),
		authPaths: field[map[string]*testcontrol.AuthPath](s, "authPath"),
		rawOnly:   field[set.Set[key.NodePublic]](s, "suppressAutoMapResponses"),
	}
}

// field panics at once when another version of testcontrol has no such field of that type.
func field[T any](s *testcontrol.Server, name string) *T {
	f, ok := reflect.TypeFor[testcontrol.Server]().FieldByName(name)
	if !ok || f.Type != reflect.TypeFor[T]() {
		panic(fmt.Sprintf("testcontrol.Server has no field %s of type %v", name, reflect.TypeFor[T]()))
	}
	return (*T)(unsafe.Add(unsafe.Pointer(s), f.Offset))
}
