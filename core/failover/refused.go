package failover

import "slices"

// The switch codes of which the consumer is the origin: the endpoint lives, and the caller is not authenticated or not
// authorized. They come with every expired token.
//
// Source: docs/design.md#faults-are-handed-on.
const (
	notAuthenticated = "SOA-01001"
	notAuthorized    = "SOA-01002"
)

// isSwitchRefusal: is the outcome a switch fault that refuses the caller?
func (a *Attempt) isSwitchRefusal() bool {
	if a.Outcome != Switch {
		return false
	}
	switch a.SwitchCode {
	case notAuthenticated, notAuthorized, notAuthenticated + "|" + notAuthorized:
		return true
	}
	return false
}

// isRefusal: does the answer refuse the caller, in SOAP or in HTTP?
func (a *Attempt) isRefusal() bool { return a.isSwitchRefusal() || a.Status == 401 || a.Status == 403 }

// hasFailures: did a send of this call fail for a reason of the endpoint?
func (m *machine) hasFailures() bool {
	return slices.ContainsFunc(m.call.tried, func(one Attempt) bool { return !one.Blameless && !one.isSwitchRefusal() })
}

// isRefused: did an endpoint answer this call, and did each that answered refuse the caller?
func (m *machine) isRefused() bool {
	refusals := 0
	for i := range m.call.tried {
		one := &m.call.tried[i]
		switch {
		case one.Outcome != Switch && one.Outcome != Foreign:
		case !one.isRefusal():
			return false
		default:
			refusals++
		}
	}
	return refusals > 0
}
