package servicelist

import (
	"slices"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xsdtype"
)

// Accept decides whether list may be used in environment at the moment now, in the place of held.
//
// Shape: environment is compared octet for octet; "" asks for none, but a list never follows one of another
// environment. held is nil when nothing is held. A list with held's content may follow it: it changes nothing. The
// schema version does not count, nor does the signer's SigningTime.
// Errors: environment-mismatch; issued-in-future; catalogue-rollback when list is older than held;
// catalogue-equivocation when both were issued at one instant and differ.
func Accept(list, held *ServiceList, environment string, now time.Time) error {
	if environment != "" && list.Environment != environment {
		return bcperr.New(bcperr.EnvironmentMismatch, "expected a list for environment %s, got one for %s%s",
			bcperr.Quote(environment), bcperr.Quote(list.Environment), spelling(environment))
	}
	if list.IssueInstant.After(now.Add(dsig.ClockSlack)) { // once stored, it would shut out every later one
		return bcperr.New(bcperr.IssuedInFuture, "IssueInstant is %s, judged at %s: is the clock right?",
			bcperr.Quote(list.IssueInstantText), now.UTC().Format(time.RFC3339))
	}
	if held == nil {
		return nil
	}
	switch {
	case list.Environment != held.Environment:
		return bcperr.New(bcperr.EnvironmentMismatch, "the list held is for environment %s, this one for %s",
			bcperr.Quote(held.Environment), bcperr.Quote(list.Environment))
	case list.IssueInstant.Before(held.IssueInstant):
		return bcperr.New(bcperr.CatalogueRollback, "IssueInstant is %s, the list held has %s",
			bcperr.Quote(list.IssueInstantText), bcperr.Quote(held.IssueInstantText))
	case list.IssueInstant.Equal(held.IssueInstant) && !list.sameContent(held):
		return bcperr.New(bcperr.CatalogueEquivocation,
			"the list held has the same IssueInstant, %s, and other content", bcperr.Quote(list.IssueInstantText))
	}
	return nil
}

// Read verifies, parses and accepts a list, in this order.
//
// Shape: at the zero Time, when nobody knows when a stored list was accepted, it is judged at its IssueInstant.
// Errors: those of dsig.Verify, Parse and Accept.
// Source: docs/design.md#time.
func Read(signed []byte, trust dsig.Trust, environment string, held *ServiceList, at time.Time) (*ServiceList, error) {
	if at.IsZero() {
		at = claimedInstant(signed)
	}
	verified, err := dsig.Verify(signed, trust, at)
	if err != nil {
		return nil, err
	}
	list, err := Parse(verified)
	if err != nil {
		return nil, err
	}
	if err := Accept(list, held, environment, at); err != nil {
		return nil, err
	}
	return list, nil
}

// claimedInstant is the IssueInstant of a list that nobody has verified yet. What verifies at that moment has signed
// it. The zero Time when there is none: then nothing is valid, and Verify says first what else is wrong.
func claimedInstant(signed []byte) time.Time {
	document, err := xmldoc.Parse(signed, xmldoc.CatalogueLimits)
	if err != nil {
		return time.Time{}
	}
	text, _ := document.DocumentElement().AttrValue("IssueInstant")
	instant, err := xsdtype.ParseDateTime(text)
	if err != nil {
		return time.Time{}
	}
	return instant.Time
}

// environments are the names that the platform's lists have.
//
// Source: docs/design.md#domain.
var environments = []string{"Production", "Acceptation"}

// spelling names them to who asks for one that is none of them: "Acceptance", "prod", another case.
func spelling(environment string) string {
	if slices.Contains(environments, environment) {
		return ""
	}
	return "; the platform's lists are for " + strings.Join(environments, " or ") + ", in these letters"
}
