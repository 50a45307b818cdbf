// Package vectors makes testdata: the test PKI, good catalogues, and one signed or spoilt catalogue per scenario with
// the verdict that is wanted.
//
// A vector is a folder with vector.json and its own files. Every runner (Go, Go in WebAssembly, Node, browsers) reads
// the same folders; a key that a runner does not know fails the run. Wanted codes are written by hand, from the rules,
// never copied from what the verifier says.
//
// Nothing here is linked into the product.
//
// Source: testdata/README.md.
package vectors

//go:generate go run ./generate ../../testdata
