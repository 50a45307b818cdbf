//go:build wasm

package main

import (
	"encoding/binary"
	"unsafe"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/contract"
)

// Bounds on one call. Each operation has smaller ones of its own.
const (
	maxArgsBytes = 4 << 20  // the largest argument is a set of states to merge; a state is about 150 bytes
	maxBlobBytes = 64 << 20 // two catalogues, CRLs and a message of the largest size together
	maxBlobs     = 64       // anchors and CRLs
	maxCallBytes = maxBlobBytes + maxArgsBytes + 64<<10
)

// lengthBytes is the size of a length in a call and before a reply.
const lengthBytes = 4

// The session, the call that the host is making, and its last reply: one at a time, on the one thread that there is.
var (
	session = contract.NewSession()
	given   []byte
	reply   []byte
)

// input makes room for a call of that many bytes and returns its address; nil when it is over maxCallBytes. It takes
// the place of a call that was not performed.
//
//go:wasmexport bcpInput
func input(size int32) unsafe.Pointer {
	if size < lengthBytes || size > maxCallBytes {
		return nil
	}
	given = make([]byte, size)
	return unsafe.Pointer(unsafe.SliceData(given))
}

// run performs the call that the host wrote to the address that input gave, and returns the address of the reply, which
// stays until the next: its length, and its text. Two callers who share an instance, each between the two functions of
// the other, are told so in place of each other's reply.
//
//go:wasmexport bcpCall
func run(at unsafe.Pointer) unsafe.Pointer {
	var text string
	if at == nil || at != unsafe.Pointer(unsafe.SliceData(given)) {
		text = contract.Failed(bcperr.New(bcperr.BadCall, "no call is waiting at this address: it was performed "+
			"already, or another caller took its place; one call at a time in one instance"))
	} else {
		text = perform(session, given)
		given = nil
	}
	reply = append(binary.LittleEndian.AppendUint32(make([]byte, 0, lengthBytes+len(text)), uint32(len(text))), text...)
	return unsafe.Pointer(unsafe.SliceData(reply))
}

func perform(session *contract.Session, call []byte) (reply string) {
	// Not optional: an unrecovered panic ends the program, and every later call of the page throws.
	defer func() {
		if r := recover(); r != nil {
			reply = contract.Failed(bcperr.New(bcperr.Internal, "panic: %v", r))
		}
	}()
	name, args, blobs, err := read(call)
	if err != nil {
		return contract.Failed(err)
	}
	return session.Call(name, args, blobs)
}

// read returns the parts of a call: their number and the length of each, as unsigned 32-bit numbers of which the least
// octet comes first, then the parts: the name of the operation, its arguments as JSON, the blobs.
func read(call []byte) (name string, args []byte, blobs [][]byte, err error) {
	malformed := bcperr.New(bcperr.BadCall,
		"expected a number of parts, their lengths, and the parts: a name, arguments and blobs")
	if len(call) < lengthBytes {
		return "", nil, nil, malformed
	}
	count := binary.LittleEndian.Uint32(call)
	if count < 2 {
		return "", nil, nil, malformed
	}
	if count > 2+maxBlobs {
		return "", nil, nil, bcperr.New(bcperr.BadCall, "%d blobs given, at most %d are allowed", count-2, maxBlobs)
	}
	head := lengthBytes * (1 + int(count))
	if len(call) < head {
		return "", nil, nil, malformed
	}
	lengths, rest := call[lengthBytes:head], call[head:]
	parts := make([][]byte, count)
	for i := range parts {
		n := uint64(binary.LittleEndian.Uint32(lengths[lengthBytes*i:]))
		if n > uint64(len(rest)) {
			return "", nil, nil, malformed
		}
		parts[i], rest = rest[:n:n], rest[n:]
	}
	if len(rest) > 0 {
		return "", nil, nil, malformed
	}
	if n := len(parts[1]); n > maxArgsBytes {
		return "", nil, nil, bcperr.New(bcperr.BadCall, "the arguments are %d bytes long, at most %d are allowed", n,
			maxArgsBytes)
	}
	return string(parts[0]), parts[1], parts[2:], nil
}
