//go:build js && wasm

package main

import (
	"runtime/debug"
	"syscall/js"

	"github.com/ehealth-bcp/ehealth-bcp/core/contract"
)

// exportName is the property of the private global object, made by the loader, that holds the function.
const exportName = "bcpCall"

// The collector shares the one thread of the page with the work, and a call leaves little alive. It runs seldom, so
// that verifying a catalogue is not a fifth slower, and eagerly only near a limit that a phone bears.
const (
	gcPercent   = 400
	memoryLimit = 128 << 20
)

func main() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	call := newCall(contract.NewSession(), js.Global().Get("Uint8Array"))
	js.Global().Set(exportName, js.FuncOf(call)) // never released: it lives as long as the program
	select {}                                    // keep the program alive for its callers
}
