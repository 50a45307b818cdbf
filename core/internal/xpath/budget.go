package xpath

import "github.com/ehealth-bcp/ehealth-bcp/core/bcperr"

// Spend takes n steps from the budget. A nil Budget has no limit.
//
// Errors: limit-exceeded when fewer than n steps were left; every later Spend fails too.
func (b *Budget) Spend(n int64) error {
	if b == nil {
		return nil
	}
	b.Steps -= n
	if b.Steps < 0 {
		return bcperr.New(bcperr.LimitExceeded, "the stylesheet takes more steps than allowed")
	}
	return nil
}

// Enter goes one level deeper; each Enter that succeeds is paired with one Leave. A nil Budget has no limit.
//
// Errors: limit-exceeded past MaxDepth; then there is nothing to leave.
func (b *Budget) Enter() error {
	if b == nil {
		return nil
	}
	if b.depth >= b.MaxDepth {
		return bcperr.New(bcperr.LimitExceeded, "the stylesheet calls itself more than %d levels deep", b.MaxDepth)
	}
	b.depth++
	return nil
}

// Leave goes back one level.
func (b *Budget) Leave() {
	if b != nil {
		b.depth--
	}
}

// charsPerStep is how many bytes of a new string cost one step, so that doubling a string runs out of steps before
// it runs out of memory: 1 step for the call and 1 for each 16 bytes made. All that the 10,000,000 steps of a
// transformation can hold at once, in sort keys or parameters, are 160 MB.
const charsPerStep = 16

// spendBytes pays for making or reading a string of n bytes.
func (b *Budget) spendBytes(n int) error { return b.Spend(1 + int64(n)/charsPerStep) }
