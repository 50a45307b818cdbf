//go:build js && wasm

// Command wasm is the core behind one function, for browsers, workers, service workers and Node.
//
// call(name, argsJSON, ...blobs) hands over to core/contract; it decides nothing. The reply is always JSON text:
// {"ok":true,"value":…} or {"ok":false,"error":{"code","detail"}}.
//
// The function is made of three exports over the memory of the program: bcpInput makes room, the caller writes there,
// bcpCall performs and returns where the reply stands, bcpReplySize says how long it is. The same through syscall/js
// takes 20 µs more for each call, and several times that until the engine has optimised it. js/src/core/program.ts is
// the other side.
//
// Source: docs/design.md#boundary.
package main
