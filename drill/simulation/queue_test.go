package simulation

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every actor comes at its moment and none is lost, with some taken out and put elsewhere, in this millisecond too.
func TestQueueKeepsOrder(t *testing.T) {
	actors := make([]actor, 500)
	q := newQueue(actors)
	draw := rand.New(rand.NewPCG(7, 7))
	for i := range actors {
		q.put(int32(i), draw.Int64N(3*ringMs))
	}
	const endMs = 6 * ringMs
	lastMs, pops, waits := int64(0), make([]int, len(actors)), make([]int64, len(actors))
	for i := range actors {
		waits[i] = actors[i].atMs
	}
	for i := q.pop(endMs); i != none; i = q.pop(endMs) {
		require.GreaterOrEqual(t, q.nowMs, lastMs)
		require.Equal(t, waits[i], q.nowMs)
		lastMs, waits[i] = q.nowMs, 0
		pops[i]++
		if other := int32(draw.IntN(len(actors))); other != i && waits[other] > 0 {
			q.take(other)
			q.put(other, q.nowMs+draw.Int64N(100))
			waits[other] = actors[other].atMs
		}
		if pops[i] < 20 {
			q.put(i, q.nowMs+draw.Int64N(ringMs/8))
			waits[i] = actors[i].atMs
		}
	}
	require.Equal(t, 20, slices.Min(pops))
	require.Equal(t, 20, slices.Max(pops))
}
