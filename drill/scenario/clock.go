package scenario

import (
	"context"
	"sync"
	"time"
)

// clock is the drill's time: the machine's, moved forward by the waits of a virtual drill.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
	real   bool
}

// now is in UTC and whole milliseconds, as everything of the contract is.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().UTC().Add(c.offset).Truncate(time.Millisecond)
}

// sleepUntil returns when the clock shows t, at once in virtual time.
//
// Errors: the context's.
func (c *clock) sleepUntil(ctx context.Context, t time.Time) error {
	left := t.Sub(c.now())
	if left <= 0 {
		return ctx.Err()
	}
	if !c.real {
		c.mu.Lock()
		c.offset += left
		c.mu.Unlock()
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
