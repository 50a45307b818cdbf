//go:build wasip1 && wasm

package main

func main() {} // never runs: the host calls _initialize, then the exports
