package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// Finding is something against the application, seen at the endpoints.
//
// Shape: Line is that of the step during which it was seen.
type Finding struct {
	Line    int    `json:"line"`
	AtMs    int64  `json:"atMs"`
	Service string `json:"service"`
	Detail  string `json:"detail"`
}

// mayRepeat reports whether the scenario, or the nature of the service, lets a request run twice.
func mayRepeat(step StepReport, serviceID string) bool {
	words := strings.Fields(step.Text)
	if i := slices.Index(words, "repeat"); i > 0 && i+1 < len(words) {
		return words[i+1] == string(failover.RepeatYes)
	}
	return procedure.NatureOf(serviceID) == procedure.Consult
}

// sentTwice finds requests that arrived again although they may not run twice, and the first may have been processed.
// A fault with a switch code proves that it was not.
//
// Source: docs/design.md#repeat.
func sentTwice(step StepReport) []Finding {
	if step.Call == nil || mayRepeat(step, step.Call.Service) {
		return nil
	}
	var found []Finding
	first := map[int]Tried{}
	for _, send := range step.Call.Tried {
		before, again := first[send.Request]
		if again {
			found = append(found, Finding{step.Line, send.AtMs, step.Call.Service, fmt.Sprintf(
				"request %d may not run twice, may have been processed by %s (%s), and was sent again, to %s",
				send.Request, before.Endpoint, before.Outcome, send.Endpoint)})
		}
		if send.SwitchCode == "" {
			first[send.Request] = send
		}
	}
	return found
}

// judge derives what was found and whether all is well from what the report holds of its steps.
func (r *Report) judge() ([]Finding, bool) {
	var found []Finding
	ok := true
	for _, step := range r.Steps {
		ok = ok && step.OK
		if r.Watched {
			found = append(found, sentTwice(step)...)
		}
	}
	return found, ok && len(found) == 0
}
