//go:build wasm

package main

import "runtime/debug"

// The collector shares the one thread of its host with the work, and a call leaves little alive. It runs seldom, so
// that verifying a catalogue is not a fifth slower, and eagerly only near a limit that a phone bears.
const (
	gcPercent   = 400
	memoryLimit = 128 << 20
)

// In init: main of a WASI module never runs.
func init() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
}
