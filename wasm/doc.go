//go:build wasm

// Command wasm is the core behind one function: for browsers, workers, service workers and Node as bcp.wasm, and for
// hosts in any language as bcp-core.wasm, a WASI reactor.
//
// call(name, argsJSON, ...blobs) hands over to core/contract; it decides nothing. The reply is always JSON text:
// {"ok":true,"value":…} or {"ok":false,"error":{"code","detail"}}.
//
// The function is made of two exports over the memory of the program: bcpInput makes room, the caller writes there, and
// bcpCall performs and returns where the reply stands. The same through syscall/js takes 20 µs more for each call, and
// several times that until the engine has optimised it. js/src/core/program.ts is the other side in JavaScript;
// docs/other-languages.md specifies it for every other.
//
// Source: docs/design.md#boundary.
package main
