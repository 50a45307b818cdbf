//go:build js && wasm

// Command floor is the least that any verifier in Go does in a browser: it reads two certificates and checks two RSA
// signatures with the standard library. What it takes to start is the floor under our cold start.
package main

import (
	"crypto/x509"
	"encoding/pem"
	"syscall/js"
)

func main() {
	js.Global().Set("bcpCall", js.FuncOf(call))
	select {}
}

// call answers "contract" as the core does; anything else takes an issuer in PEM and a certificate of his in DER.
func call(_ js.Value, args []js.Value) any {
	if args[0].String() == "contract" {
		return `{"ok":true,"value":{"contract":1}}`
	}
	block, _ := pem.Decode(octets(args[2]))
	issuer, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(octets(args[3]))
	if err != nil {
		panic(err)
	}
	for range 2 { // the certificate's and, of the same size, the document's
		if err := cert.CheckSignatureFrom(issuer); err != nil {
			panic(err)
		}
	}
	return `{"ok":true,"value":null}`
}

func octets(v js.Value) []byte {
	b := make([]byte, v.Get("length").Int())
	js.CopyBytesToGo(b, v)
	return b
}
