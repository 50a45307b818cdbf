//go:build js && wasm

package main

import (
	"syscall/js"

	"github.com/ehealth-bcp/ehealth-bcp/core/contract"
)

// exportName is the property of the private global object, made by the loader, that holds the function.
const exportName = "bcpCall"

func main() {
	call := newCall(contract.NewSession(), js.Global().Get("Uint8Array"))
	js.Global().Set(exportName, js.FuncOf(call)) // never released: it lives as long as the program
	select {}                                    // keep the program alive for its callers
}
