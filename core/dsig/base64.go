package dsig

import (
	"encoding/base64"
	"errors"
	"strings"
)

// decodeBase64 decodes text strictly: XML white space anywhere (the genuine signer writes indentation, line feeds and
// &#13;), otherwise only the standard alphabet with its padding, no stray bits at the end, and at least one octet.
//
// Source: XMLDSig 1.1 §4.3, RFC 4648 §4 and §3.5.
func decodeBase64(text string) ([]byte, error) {
	packed := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, text)
	octets, err := base64.StdEncoding.Strict().DecodeString(packed)
	if err == nil && len(octets) == 0 {
		err = errors.New("no octets")
	}
	return octets, err
}
