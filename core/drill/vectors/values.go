package vectors

import (
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/drill"
)

// flipped changes one character in the middle of a base64 text, which stays base64.
func flipped(text string) string {
	middle := len(text) / 2
	for strings.ContainsRune(" \r\n=", rune(text[middle])) {
		middle--
	}
	with := "A"
	if text[middle] == 'A' {
		with = "B"
	}
	return text[:middle] + with + text[middle+1:]
}

// octets decodes base64 with its white space.
func octets(text string) []byte {
	out, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	must(err)
	return out
}

// zeroBefore is the base64 of the same octets with a zero octet before them.
func zeroBefore(text string) string {
	return base64.StdEncoding.EncodeToString(append([]byte{0}, octets(text)...))
}

// wrongDigest is a catalogue whose Reference i has a wrong digest under a right signature value.
func (k *kit) wrongDigest(i int) []byte {
	d := k.sealed(k.pki.Signer)
	value := nth(d.Doc.Root(), reference+"/DigestValue", i)
	value.SetText(flipped(value.Text()))
	must(d.SealValue())
	return d.Bytes()
}

// derValue is a catalogue signed with ECDSA, its value in the form that X.509 uses.
func (k *kit) derValue() []byte {
	return k.withECDSAValue(func(raw []byte) []byte {
		half := len(raw) / 2
		der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
		must(err)
		return der
	})
}

// zeroValue is a catalogue signed with ECDSA, its r and s set to zero.
func (k *kit) zeroValue() []byte {
	return k.withECDSAValue(func(raw []byte) []byte { return make([]byte, len(raw)) })
}

func (k *kit) withECDSAValue(edit func(raw []byte) []byte) []byte {
	d := k.sealed(k.signerOf("p256"))
	value := find(d.Doc.Root(), signature+"/SignatureValue")
	value.SetText(base64.StdEncoding.EncodeToString(edit(octets(value.Text()))))
	return d.Bytes()
}

func (k *kit) sealed(signer drill.Signer) *drill.Draft {
	d, err := drill.NewDraft(list(1), signer, time.Time{})
	must(err)
	must(d.Seal())
	return d
}
