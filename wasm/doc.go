// Command wasm is the core behind one JavaScript function, for browsers, workers, service workers and Node.
//
// `call(name, argsJSON, ...blobs)` checks and copies what JavaScript passes and hands it to core/contract. It decides nothing.
// The reply is always JSON text: {"ok":true,"value":…} or {"ok":false,"error":{"code","detail"}}.
//
// Source: house style C1-C9.
package main
