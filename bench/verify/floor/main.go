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
	js.Global().Set("check", js.FuncOf(check))
	select {}
}

// check takes an issuer in PEM and a certificate of his in DER.
func check(_ js.Value, args []js.Value) any {
	block, _ := pem.Decode(octets(args[0]))
	issuer, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(octets(args[1]))
	if err != nil {
		panic(err)
	}
	for range 2 { // the certificate's and, of the same size, the document's
		if err := cert.CheckSignatureFrom(issuer); err != nil {
			panic(err)
		}
	}
	return true
}

func octets(v js.Value) []byte {
	b := make([]byte, v.Get("length").Int())
	js.CopyBytesToGo(b, v)
	return b
}
