package scenario

import (
	"fmt"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// expect compares what happened with a step's words; checkExpect counted them.
//
// Errors: DrillFailed with what was expected and what came.
func (p *player) expect(words []string) error {
	switch words[0] {
	case "catalogue":
		return compare("of the last refresh", words[1], p.refreshed)
	case "way":
		return p.expectWay(words[1], words[2])
	}
	call := p.report.last
	if call == nil {
		return bcperr.New(bcperr.ScenarioInvalid, "nothing was called before")
	}
	switch words[0] {
	case "answer":
		if _, known := p.platform.URL(words[1]); !known {
			return bcperr.New(bcperr.ScenarioInvalid, "unknown endpoint %q", words[1])
		}
		return compare("of the last call", "an answer from "+words[1], describe(call))
	case "cache":
		return compare("of the last call", "an answer from the cache", describe(call))
	case "error":
		return compare("of the last call", "the error "+words[1], describe(call))
	}
	var tried []string
	for _, t := range call.Tried {
		tried = append(tried, t.Endpoint, string(t.Outcome))
	}
	return compare("as tried by the last call", strings.Join(words[1:], " "), strings.Join(tried, " "))
}

func describe(r *Result) string {
	switch {
	case r.Code != "":
		return "the error " + string(r.Code)
	case r.Source == failover.FromCache:
		return "an answer from the cache"
	}
	return "an answer from " + r.Endpoint
}

func compare(of, want, got string) error {
	if want == got {
		return nil
	}
	return bcperr.New(bcperr.DrillFailed, "expected %s, got %s, %s", quoted(want), quoted(got), of)
}

func quoted(s string) string {
	if s == "" {
		return "nothing"
	}
	return fmt.Sprintf("%q", s)
}

func (p *player) expectWay(functionality, want string) error {
	c := p.caller
	held, found := c.client.Held()
	if !found {
		return bcperr.New(bcperr.DrillFailed, "no catalogue was accepted yet")
	}
	cached := c.options.Cache.In.Services()
	services, err := held.Catalogue.Reach(c.client.States(), c.options.Policy, cached, c.used, p.clock.now())
	if err != nil {
		return err
	}
	state, err := p.book.Status(functionality, services)
	if err != nil {
		return err
	}
	return compare("for "+functionality, want, string(state.Way))
}
