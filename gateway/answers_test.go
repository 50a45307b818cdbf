package gateway

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/semaphore"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

type tripper func(*http.Request) (*http.Response, error)

func (t tripper) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// Answers that are held share a bounded memory: the call that finds none is cancelled as busy, and each gives back what
// it took. What goes through as it comes is not counted.
func TestMemoryOfAnswers(t *testing.T) {
	t.Parallel()
	const all = 1 << 20
	a := &answers{tripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{Body: io.NopCloser(bytes.NewReader(make([]byte, all*3/4)))}, nil
	}), semaphore.NewWeighted(all)}
	read := func(ctx context.Context) error {
		response, err := a.RoundTrip((&http.Request{}).WithContext(ctx))
		require.NoError(t, err)
		_, err = io.ReadAll(response.Body)
		return err
	}
	first, releaseFirst := a.hold(t.Context())
	require.NoError(t, read(first))
	second, releaseSecond := a.hold(t.Context())
	require.ErrorIs(t, read(second), bcperr.Busy)
	require.ErrorIs(t, context.Cause(second), bcperr.Busy)
	require.NoError(t, context.Cause(first))
	require.NoError(t, read(t.Context()), "what is not held")
	releaseSecond()
	releaseFirst()
	third, releaseThird := a.hold(t.Context())
	require.NoError(t, read(third))
	releaseThird()
	require.True(t, a.free.TryAcquire(all), "memory was kept")
}

// TakeAnswerMemory takes all of it, for a test from outside.
func (g *Gateway) TakeAnswerMemory() (give func()) {
	g.answers.free.TryAcquire(answerMemory)
	return func() { g.answers.free.Release(answerMemory) }
}
