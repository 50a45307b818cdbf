package dsig

import (
	"encoding/base64"
	"errors"
)

// decodeBase64 decodes text strictly: XML white space anywhere (the genuine signer writes indentation, line feeds and
// &#13;), otherwise only the standard alphabet with its padding, no stray bits at the end, and at least one octet.
//
// Source: XMLDSig 1.1 §4.3, RFC 4648 §4 and §3.5.
func decodeBase64(text string) ([]byte, error) {
	packed := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if c := text[i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			packed = append(packed, c)
		}
	}
	// Decoding in place is sound: three octets are written for four read.
	n, err := base64.StdEncoding.Strict().Decode(packed, packed)
	if err == nil && n == 0 {
		err = errors.New("no octets")
	}
	return packed[:n], err
}
