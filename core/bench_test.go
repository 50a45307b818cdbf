package core_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// synthetic returns a drill catalogue of n services, written by `make bench`.
func synthetic(b *testing.B, n int) []byte {
	b.Helper()
	signed, err := os.ReadFile(fmt.Sprintf("../build/bench/synthetic-%d.xml", n))
	if err != nil {
		b.Skip("build/bench is not there: run make bench")
	}
	return signed
}

// BenchmarkOpen is a full verification of a catalogue.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{22, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			signed, j := synthetic(b, n), judgement(b)
			b.ReportAllocs()
			for b.Loop() {
				_, err := core.Open(signed, j)
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkRefresh is the verification of a catalogue beside the one in force: its signature is checked once.
func BenchmarkRefresh(b *testing.B) {
	for _, n := range []int{22, 1_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			signed, j := synthetic(b, n), judgement(b)
			var err error
			j.Held, err = core.Open(signed, j)
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				_, err := core.Open(signed, j)
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkBegin is the choice of an endpoint with its first action.
func BenchmarkBegin(b *testing.B) {
	for _, n := range []int{22, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c, err := core.Open(synthetic(b, n), judgement(b))
			require.NoError(b, err)
			r := core.Request{Target: c.Services().Services[n-2].ID, Policy: failover.DefaultPolicy()}
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := c.Begin(r, failover.State{}, judged); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
