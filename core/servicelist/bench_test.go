package servicelist_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

// synthetic signs a list of n services of two endpoints.
func (k *kit) synthetic(t testing.TB, n int) []byte {
	t.Helper()
	file, err := drill.Sign(drill.Synthetic(n), k.pki.Signer, time.Time{})
	require.NoError(t, err)
	return file
}

func BenchmarkReadGenuine(b *testing.B) {
	dir := corpus.Dir(b, "catalogues")
	trust, err := dsig.ParseAnchors(readFile(b, dir, "production-2020-issuing-ca.pem"))
	require.NoError(b, err)
	benchmarkRead(b, readFile(b, dir, "production-2020-09-14.xml"), trust, time.Date(2020, time.October, 1, 0, 0, 0, 0,
		time.UTC))
}

func BenchmarkRead(b *testing.B) {
	k := newKit(b)
	for _, n := range []int{22, 1000, 10_000} {
		file := k.synthetic(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkRead(b, file, k.trust, judged) })
	}
}

// BenchmarkParse measures what Parse adds to the verification of 10,000 services.
func BenchmarkParse(b *testing.B) {
	k := newKit(b)
	verified, err := dsig.Verify(k.synthetic(b, 10_000), k.trust, judged)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := servicelist.Parse(verified); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkRead(b *testing.B, file []byte, trust dsig.Trust, at time.Time) {
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := servicelist.Read(file, trust, "", nil, at); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAllocationIsBounded holds a full check to what a small device can spare, and to growth that is linear.
func TestAllocationIsBounded(t *testing.T) {
	k := newKit(t)
	allocated := func(n int) uint64 {
		file := k.synthetic(t, n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := servicelist.Read(file, k.trust, "", nil, judged)
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		return after.TotalAlloc - before.TotalAlloc
	}
	thousand := allocated(1000)
	require.Less(t, thousand, uint64(3<<20), "1,000 services")
	require.Less(t, allocated(8000), 9*thousand, "8,000 services")
}
