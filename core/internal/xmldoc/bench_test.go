package xmldoc

import (
	"crypto/sha256"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// The sizes are those of the genuine catalogue (15 kB), of 1,000 and of 10,000 services.
func BenchmarkCatalogue(b *testing.B) {
	for _, services := range []int{24, 1000, 10000} {
		data := []byte(catalogue(services))
		doc, err := Parse(data, CatalogueLimits)
		require.NoError(b, err)
		b.Run(fmt.Sprintf("Parse/%d", services), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(data, CatalogueLimits); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("Canonicalize/%d", services), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Canonicalize(io.Discard, doc.DocumentElement(), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("ParseDigest/%d", services), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				doc, err := Parse(data, CatalogueLimits)
				if err != nil {
					b.Fatal(err)
				}
				if err := Canonicalize(sha256.New(), doc.DocumentElement(), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
