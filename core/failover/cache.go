package failover

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
)

// clockSlackMs is how far in the future an entry may have been stored: tabs agree within milliseconds, time servers
// step a clock by seconds. Past it the age of the entry is unknown, so it counts as expired.
const clockSlackMs = int64(dsig.ClockSlack / time.Millisecond)

func (m *machine) readCache(p phase) Action {
	m.call.phase = p
	return Action{Do: DoReadCache, Service: m.call.service, Key: m.call.facts.CacheKey}
}

// cacheHit answers from the cache when the entry is fresh, or when it was the last hope and the caller takes an
// expired one.
func (m *machine) cacheHit(e Event) (Action, error) {
	if e.StoredAtMs < 0 || e.StoredAtMs > maxMs || e.ValidUntilMs < 0 || e.ValidUntilMs > maxMs || e.EndsMs < 0 {
		return Action{}, bcperr.New(bcperr.BadCall, "cacheHit storedAtMs %d, validUntilMs %d or endsMs %d out of range",
			e.StoredAtMs, e.ValidUntilMs, e.EndsMs)
	}
	until := e.ended(m.capped(e.StoredAtMs, e.ValidUntilMs))
	expired := m.st.nowMs >= until || e.StoredAtMs > m.st.nowMs+clockSlackMs
	hasEnded := e.EndsMs > 0 && m.st.nowMs >= e.EndsMs // then it is of no use to anybody
	if hasEnded || expired && !(m.call.phase == falling && m.call.facts.ServeExpired) {
		return m.cacheUseless(bcperr.CacheExpired), nil
	}
	a := Action{
		Do: DoAnswer, Source: FromCache, Attempts: len(m.call.tried),
		StoredAtMs: e.StoredAtMs, ValidUntilMs: until, Expired: expired,
	}
	m.call = Call{}
	return a, nil
}

// capped returns until when an entry is fresh: as it was stored, but for Expiry "none" never past the cap of the
// policy.
func (m *machine) capped(storedMs, untilMs int64) int64 {
	limit := storedMs + m.call.policy.MaxCacheAge.Milliseconds()
	if untilMs == 0 || m.svc.ValidUntil == nil && untilMs > limit {
		return limit
	}
	return untilMs
}

// ended returns the earlier of untilMs and the end that the answer names itself.
func (e *Event) ended(untilMs int64) int64 {
	if e.EndsMs > 0 {
		return min(untilMs, e.EndsMs)
	}
	return untilMs
}

// cacheUseless goes on without the cache.
func (m *machine) cacheUseless(code bcperr.Code) Action {
	if m.call.phase == lookingUp {
		return m.proceed()
	}
	m.cacheCode = code
	return m.giveUp(m.call.code)
}

// fallBack asks the cache when there is one, now that the network did not answer because of code. Not for a caller whom
// every endpoint that answered refused: what is stored is not for those who lost the right to see it.
func (m *machine) fallBack(code bcperr.Code) Action {
	if m.hasFailures() {
		m.sawNoAnswer(code == bcperr.NotRepeatable)
	}
	if !m.call.cache || m.isRefused() {
		return m.giveUp(code)
	}
	m.call.code = code
	return m.readCache(falling)
}

// store keeps an answer that may be cached, then answers.
func (m *machine) store(e Event) Action {
	stored := time.UnixMilli(m.nowMs).UTC()
	untilMs := m.nowMs + m.call.policy.MaxCacheAge.Milliseconds()
	if m.svc.ValidUntil != nil {
		untilMs = min(m.svc.ValidUntil(stored).UnixMilli(), maxMs)
	}
	untilMs = e.ended(untilMs)
	// An entry that is past its time by the highest clock seen is never fresh: not worth storing.
	if !m.call.cache || !e.Cacheable || m.svc.ID == "" || untilMs <= m.st.nowMs {
		return m.answer()
	}
	m.call.phase = storing
	return Action{
		Do: DoWriteCache, Service: m.call.service, Key: m.call.facts.CacheKey,
		StoredAtMs: m.nowMs, ValidUntilMs: untilMs,
	}
}
