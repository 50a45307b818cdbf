//go:build js && wasm

package main

import (
	"syscall/js"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/contract"
)

// Bounds on one call, checked before anything is copied into the memory of the program. Each operation has smaller
// ones of its own.
const (
	maxArgsBytes = 4 << 20  // the largest argument is a set of states to merge; a state is about 150 bytes
	maxBlobBytes = 64 << 20 // two catalogues, CRLs and a message of the largest size together
	maxBlobs     = 64       // anchors and CRLs
)

// newCall returns the function for JavaScript: call(name, argsJSON, ...blobs) string.
func newCall(session *contract.Session, bytesType js.Value) func(js.Value, []js.Value) any {
	return func(_ js.Value, args []js.Value) (reply any) {
		// Not optional: an unrecovered panic ends the program, and every later call of the page throws.
		defer func() {
			if r := recover(); r != nil {
				reply = contract.Failed(bcperr.New(bcperr.Internal, "panic: %v", r))
			}
		}()
		if len(args) < 2 || args[0].Type() != js.TypeString || args[1].Type() != js.TypeString {
			return contract.Failed(bcperr.New(bcperr.BadCall, "expected call(name: string, argsJSON: string, ...blobs: Uint8Array)"))
		}
		argsJSON := args[1].String() // syscall/js gives the length of a string only with its copy
		if n := len(argsJSON); n > maxArgsBytes {
			return contract.Failed(bcperr.New(bcperr.BadCall, "the arguments are %d bytes long, at most %d are allowed", n, maxArgsBytes))
		}
		blobs, err := copied(args[2:], bytesType)
		if err != nil {
			return contract.Failed(err)
		}
		return session.Call(args[0].String(), []byte(argsJSON), blobs)
	}
}

// copied checks the type and size of each blob and copies it in.
func copied(values []js.Value, bytesType js.Value) ([][]byte, error) {
	if len(values) > maxBlobs {
		return nil, bcperr.New(bcperr.BadCall, "%d blobs given, at most %d are allowed", len(values), maxBlobs)
	}
	total := 0
	blobs := make([][]byte, 0, len(values))
	for i, value := range values {
		if !value.InstanceOf(bytesType) {
			return nil, bcperr.New(bcperr.BadCall, "blob %d is not a Uint8Array", i)
		}
		n := value.Get("length").Int()
		if total += n; total > maxBlobBytes {
			return nil, bcperr.New(bcperr.InputTooLarge, "the blobs hold more than %d bytes", maxBlobBytes)
		}
		blob := make([]byte, n)
		js.CopyBytesToGo(blob, value)
		blobs = append(blobs, blob)
	}
	return blobs, nil
}
