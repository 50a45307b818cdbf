package gateway

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Answers that look as usual are judged once a second, each endpoint's for itself, however many come at once.
func TestJudgedOnceEachTime(t *testing.T) {
	l := newLanes()
	one, other := l.of("https://a.test/"), l.of("https://b.test/")
	require.True(t, l.isDue(one), "the first is")
	require.False(t, l.isDue(one), "not again at once")
	require.True(t, l.isDue(other), "another endpoint's first is")

	l.since = l.since.Add(-judgedEachTime) // a second passes
	var due atomic.Int32
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			if l.isDue(one) {
				due.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, due.Load(), "of 64 at once")
	require.True(t, l.isDue(other))
}
