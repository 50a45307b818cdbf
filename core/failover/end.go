package failover

import (
	"slices"
	"strconv"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// answer ends the call with the answer of the last send.
func (m *machine) answer() Action {
	a := Action{Do: DoAnswer, Source: FromNetwork, Endpoint: m.call.sending, Attempts: len(m.call.tried)}
	m.call = Call{}
	return a
}

// giveUp ends the call when neither network nor cache answered: with the last complete SOAP fault, when there is one,
// else without an answer. An act of which nobody knows whether it was processed ends with that.
//
// Source: docs/design.md#faults-are-handed-on.
func (m *machine) giveUp(code bcperr.Code) Action {
	if code == bcperr.NotRepeatable {
		return m.fail(code)
	}
	for _, one := range slices.Backward(m.call.tried) {
		if !one.Fault {
			continue
		}
		a := Action{Do: DoAnswer, Source: FromNetwork, Endpoint: one.Endpoint, Attempts: len(m.call.tried),
			Exhausted: true}
		if !m.isRefused() {
			a.Code = code
		}
		m.call = Call{}
		return a
	}
	return m.fail(code)
}

// fail ends the call without an answer.
func (m *machine) fail(code bcperr.Code) Action {
	a := Action{
		Do: DoFail, Code: code, Detail: m.reason(code),
		Tried: m.call.tried, CacheCode: m.cacheCode,
	}
	m.call = Call{}
	return a
}

// reason says in a sentence why the call failed. It names no endpoint (Tried does) and no key.
func (m *machine) reason(code bcperr.Code) string {
	text := ""
	switch code {
	case bcperr.EndpointsExhausted:
		text = "no endpoint answered, " + strconv.Itoa(len(m.call.tried)) + " tried" + m.leftOut() + m.came()
	case bcperr.NotRepeatable:
		text = "the request may have been processed" + m.ended() + m.came() + "; it may not run twice, so no other " +
			"endpoint was asked: look whether it was done before you send it again"
	case bcperr.ServiceInactive:
		text = "the catalogue has no ACTIVE endpoint for this service"
	case bcperr.ServiceQuarantined:
		text = "the service breaks a rule of the catalogue: " + string(m.svc.Quarantined)
	case bcperr.ServiceUnknown:
		text = "the catalogue no longer has this service"
	case bcperr.Timeout:
		text = "no answer within " + strconv.FormatInt(m.call.policy.TotalTimeout.Milliseconds(), 10) + " ms"
	case bcperr.Aborted:
		text = "the caller cancelled the call"
	}
	switch m.cacheCode {
	case bcperr.CacheMiss:
		text += "; nothing in the cache"
	case bcperr.CacheExpired:
		text += "; the answer in the cache is expired"
	}
	return text
}

// ended says how the last endpoint failed, where it gave no answer at all.
func (m *machine) ended() string {
	if len(m.call.tried) == 0 {
		return ""
	}
	switch m.call.tried[len(m.call.tried)-1].Outcome {
	case Timeout:
		return ": no answer in time"
	case Unreachable:
		return ": the connection failed, and nothing proves that it did before the request left"
	case Incomplete:
		return ": the answer broke off"
	}
	return ""
}

// came says what the last endpoint gave in the place of an answer.
func (m *machine) came() string {
	if len(m.call.tried) == 0 {
		return ""
	}
	last := m.call.tried[len(m.call.tried)-1]
	if last.Came == "" || last.Status == 0 {
		return ""
	}
	return "; the last answer was HTTP " + strconv.Itoa(last.Status) + " with " + last.Came
}

// leftOut says how many endpoints the call did not try because they failed just now, and when all may be tried again.
func (m *machine) leftOut() string {
	count, untilMs := 0, int64(0)
	for i, e := range m.endpoints {
		if m.untried(i) {
			count++
			untilMs = max(untilMs, m.st.failureOf(e.Order).stamp+recheckMs)
		}
	}
	if count == 0 {
		return ""
	}
	until := time.UnixMilli(untilMs + 999).UTC().Format(time.RFC3339) // whole seconds, rounded up
	return "; " + strconv.Itoa(count) + " that failed less than " + strconv.Itoa(recheckMs/1000) +
		" s ago left out until " + until
}
