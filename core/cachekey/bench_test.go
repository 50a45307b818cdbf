package cachekey_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/cachekey"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

// benchCases are five kinds of work: a few paths, recursion over the whole payload, keys, text sort, xml output.
var benchCases = []string{"002-etk-prefix-a", "036-memberdata-canonical-recursion", "038-memberdata-xslkey-nodeset",
	"056-hub-transaction-list", "046-chap4-xml-nested"}

func BenchmarkKeyCompiled(b *testing.B) {
	dir := corpus.Dir(b, "corpus", "cachekey")
	for _, name := range benchCases {
		s, err := cachekey.Compile(readFile(b, dir, name, "stylesheet.xslt"))
		require.NoError(b, err)
		request := readFile(b, dir, name, "envelope.xml")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Key(request); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkKeyFresh(b *testing.B) {
	dir := corpus.Dir(b, "corpus", "cachekey")
	for _, name := range benchCases {
		sheet, request := readFile(b, dir, name, "stylesheet.xslt"), readFile(b, dir, name, "envelope.xml")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := keyOf(sheet, request); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkKeyPayload shows how the cost grows with the payload: per octet it should stay the same.
func BenchmarkKeyPayload(b *testing.B) {
	s, err := cachekey.Compile(readFile(b, "testdata", "canonical.xslt"))
	require.NoError(b, err)
	for _, kib := range []int{1, 32, 1024} {
		item := `<item xmlns="urn:one" id="1" b="2"><ssin>85020300169</ssin><name>Jan &amp; Piet</name></item>`
		request := []byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q>` +
			strings.Repeat(item, kib<<10/len(item)) + `</q></s:Body></s:Envelope>`)
		b.Run(fmt.Sprintf("%dKiB", kib), func(b *testing.B) {
			b.SetBytes(int64(len(request)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Key(request); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
