//go:build js && wasm

package main

func main() { select {} } // keep the program alive for its callers
