package vectors

import (
	"crypto/x509"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// acceptance holds good lists judged against the client's environment, clock and the catalogue held.
func acceptance(k *kit) []scenario {
	issued := func(after time.Duration) []byte {
		return k.listed(func(l *drill.List) { l.IssueInstant = l.IssueInstant.Add(after) })
	}
	future := func(after time.Duration) []byte {
		l := list(2)
		l.IssueInstant = judged.Add(after)
		out, err := drill.Sign(l, k.pki.Signer, judged) // its SigningTime lies not in the future
		must(err)
		return out
	}
	held, heldAt := issued(0), judged.Add(-24*time.Hour)
	const source = "docs/design.md#accept"
	short := k.signerWith(func(c *x509.Certificate) { c.NotAfter = heldAt.Add(time.Hour) })
	other := k.listed(func(l *drill.List) { l.Services[0].Name = "ETEE KGSS" })
	v1 := k.good()
	v2Newer := issued(time.Millisecond)
	v1Newer := list(1)
	v1Newer.IssueInstant = v1Newer.IssueInstant.Add(time.Millisecond)
	return []scenario{
		refused("accept/environment", bcperr.EnvironmentMismatch, source, "a production list for an acceptance client",
			held, environment("Acceptation")),
		refused("accept/environment-case", bcperr.EnvironmentMismatch, source, "the environment's name in lower case",
			held, environment("production")),
		accepted("accept/future-within", source, "issued exactly five minutes ahead of the client's clock",
			future(5*time.Minute), nil),
		refused("accept/future", bcperr.IssuedInFuture, source, "issued a millisecond more than five minutes ahead",
			future(5*time.Minute+time.Millisecond)),
		accepted("accept/same", source, "the list that is held already", held, nil, heldCatalogue(held, heldAt)),
		accepted("accept/newer", source, "a list newer by a millisecond", issued(time.Millisecond), nil,
			heldCatalogue(held, heldAt)),
		refused("accept/rollback", bcperr.CatalogueRollback, source, "a list older by a millisecond",
			issued(-time.Millisecond), heldCatalogue(held, heldAt)),
		refused("accept/rollback-zone", bcperr.CatalogueRollback, source,
			"an older list whose text, in another zone, sorts after the held one's",
			k.listed(func(l *drill.List) {
				l.IssueInstant = l.IssueInstant.Add(-time.Minute).In(time.FixedZone("", 9*60*60))
			}), heldCatalogue(held, heldAt)),
		refused("accept/equivocation", bcperr.CatalogueEquivocation, source, "the same instant with other content",
			other, heldCatalogue(held, heldAt)),
		accepted("accept/v1-to-v2", source, "a newer list of the newer version", v2Newer, nil,
			heldCatalogue(v1, heldAt)),
		accepted("accept/v2-to-v1", source, "a newer list of the older version", k.sign(v1Newer), nil,
			heldCatalogue(held, heldAt)),
		refused("accept/held-signer-expired", bcperr.CatalogueRollback, source,
			"the held list's signer has expired since it was accepted: it still counts",
			issued(-time.Millisecond), heldCatalogue(k.signBy(short, list(2)), heldAt)),
		refused("accept/held-of-other-environment", bcperr.EnvironmentMismatch, source,
			"no environment asked for, but the held list is of another one",
			issued(time.Millisecond), environment(""),
			heldCatalogue(k.listed(func(l *drill.List) { l.Environment = "Acceptation" }), heldAt)),
		accepted("accept/held-tampered", source, "a stored list that was changed sets no floor: what is not verified "+
			"proves nothing",
			issued(-time.Millisecond), []bcperr.Code{bcperr.HeldInvalid},
			heldCatalogue(replaced(held, "ETEE KGSS V1", "ETEE KGSS V2"), heldAt)),
		accepted("accept/expired-at-first-acceptance", source, "a stored list whose signer has expired, judged at "+
			"the moment it was first accepted",
			k.signBy(short, list(1)), nil, at(heldAt)),
	}
}
