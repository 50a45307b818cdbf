package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// expectations maps what can be expected to the words after it; tried takes pairs.
var expectations = map[string][]string{
	"answer": {"ENDPOINT"}, "cache": {}, "error": {"CODE"}, "tried": nil, "catalogue": {"RESULT"},
	"way": {"FUNCTIONALITY", "WAY"},
}

// The words that expectations take.
var (
	expectable = []string{"answer", "cache", "error", "tried", "catalogue", "way"}
	outcomes   = []string{string(failover.Answered), string(failover.Switch), string(failover.Foreign),
		string(failover.Unreachable), string(failover.Timeout), string(failover.Incomplete), string(failover.Cancelled)}
	ways = []string{string(procedure.WayUnwatched), string(procedure.WayNormal), string(procedure.WayRecovery),
		string(procedure.WayFallback), string(procedure.WayCache), string(procedure.WayUnconfirmed),
		string(procedure.WayRetry), string(procedure.WayLastResort)}
)

// endings are the codes with which a call ends, refreshes what a refresh comes to: its results, and why a catalogue is
// refused.
var (
	endings = words(bcperr.EndpointsExhausted, bcperr.NotRepeatable, bcperr.ServiceInactive, bcperr.ServiceQuarantined,
		bcperr.ServiceUnknown, bcperr.Timeout, bcperr.Aborted, bcperr.InputTooLarge)
	refreshes = append(words(bcperr.InputTooLarge, bcperr.EncodingInvalid, bcperr.XMLMalformed, bcperr.XMLForbidden,
		bcperr.LimitExceeded, bcperr.SignatureMissing, bcperr.SignatureAmbiguous, bcperr.SignatureShape,
		bcperr.AlgorithmRefused, bcperr.DigestMismatch, bcperr.SignatureInvalid, bcperr.XAdESInvalid,
		bcperr.SignerMissing, bcperr.SignerUntrusted, bcperr.SignerExpired, bcperr.SignerNotYetValid,
		bcperr.SignerUsage, bcperr.SignerMismatch, bcperr.SignerRevoked, bcperr.SchemaInvalid,
		bcperr.EnvironmentMismatch, bcperr.IssuedInFuture, bcperr.CatalogueRollback, bcperr.CatalogueEquivocation,
		bcperr.Timeout), updated, unchanged, unreachable)
)

func words(codes ...bcperr.Code) []string {
	all := make([]string, len(codes))
	for i, code := range codes {
		all[i] = string(code)
	}
	return all
}

func checkExpect(words []string) error {
	if len(words) == 0 {
		return invalid("expect takes %s", strings.Join(expectable, ", "))
	}
	form, known := expectations[words[0]]
	switch {
	case !known:
		return invalid("cannot expect %q%s; expect takes %s", words[0], bcperr.Nearest(words[0], expectable),
			strings.Join(expectable, ", "))
	case form != nil:
		written := strings.Join(append([]string{"expect", words[0]}, form...), " ")
		if err := exactly(words[1:], len(form), written); err != nil {
			return err
		}
	case len(words) == 1 || len(words)%2 == 0:
		return invalid("expect tried takes pairs of NAME and OUTCOME")
	}
	switch words[0] {
	case "tried":
		for i := 2; i < len(words); i += 2 {
			if err := oneOf("outcome", words[i], outcomes); err != nil {
				return err
			}
		}
	case "way":
		return oneOf("way", words[2], ways)
	case "error":
		return oneOf("code", words[1], endings)
	case "catalogue":
		return oneOf("result of a refresh", words[1], refreshes)
	}
	return nil
}

// oneOf wants a word that is known; it names the nearest, and all of them when they are few.
func oneOf(what, word string, known []string) error {
	if slices.Contains(known, word) {
		return nil
	}
	const few = 12
	list := ""
	if len(known) <= few {
		list = ", expected one of " + strings.Join(known, ", ")
	}
	return invalid("unknown %s %q%s%s", what, word, bcperr.Nearest(word, known), list)
}

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
	switch words[0] {
	case "answer":
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
	services, err := p.services()
	if err != nil {
		return err
	}
	state, err := p.book.Status(functionality, services)
	if err != nil {
		return err
	}
	return compare("for "+functionality, want, string(state.Way))
}
