package servicelist_test

import (
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// issued signs a sample issued at that moment, with only the endpoint of that Order ACTIVE in its first service.
func (k *kit) issued(t testing.TB, version int, at time.Time, order int) []byte {
	t.Helper()
	l := sample(version)
	l.IssueInstant = at
	require.NoError(t, l.Switch(l.Services[0].ID, order))
	file, err := drill.Sign(l, k.quick, time.Time{})
	require.NoError(t, err)
	return file
}

// resigned signs the list that issued makes at another time, by another signer.
func (k *kit) resigned(t testing.TB, issued, at time.Time) []byte {
	t.Helper()
	l := sample(1)
	l.IssueInstant = issued
	file, err := drill.Sign(l, k.pki.Signer, at)
	require.NoError(t, err)
	return file
}

func (k *kit) read(t testing.TB, file []byte) *servicelist.ServiceList {
	t.Helper()
	verified, err := dsig.Verify(file, k.trust, judged)
	require.NoError(t, err)
	l, err := servicelist.Parse(verified)
	require.NoError(t, err)
	return l
}

func TestAccept(t *testing.T) {
	k := newKit(t)
	instant := time.Date(2026, time.May, 20, 10, 0, 0, 0, time.UTC)
	brussels := time.FixedZone("", 7200)
	list := func(version int, at time.Time, order int) *servicelist.ServiceList {
		return k.read(t, k.issued(t, version, at, order))
	}
	held := list(1, instant, 0)
	elsewhere := *held
	elsewhere.Environment = "Acceptation"

	for _, c := range []struct {
		name       string
		list, held *servicelist.ServiceList
		env        string
		now        time.Time
		want       bcperr.Code
	}{
		{"nothing held", held, nil, "Production", judged, ""},
		{"any environment", held, nil, "", judged, ""},
		{"another environment", held, nil, "Acceptation", judged, bcperr.EnvironmentMismatch},
		{"another case", held, nil, "production", judged, bcperr.EnvironmentMismatch},
		{"held of another environment", held, &elsewhere, "", judged, bcperr.EnvironmentMismatch},
		{"five minutes ahead", held, nil, "", instant.Add(-5 * time.Minute), ""},
		{"more than five minutes ahead", held, nil, "", instant.Add(-5*time.Minute - time.Millisecond),
			bcperr.IssuedInFuture},
		{"the same", list(1, instant, 0), held, "", judged, ""},
		{"the same, signed later", k.read(t, k.resigned(t, instant, judged.Add(-time.Hour))), held, "", judged, ""},
		{"newer", list(1, instant.Add(time.Millisecond), 1), held, "", judged, ""},
		{"older", list(1, instant.Add(-time.Millisecond), 1), held, "", judged, bcperr.CatalogueRollback},
		{"older, later in the day as written", list(1, instant.Add(-time.Hour).In(brussels), 1), held, "", judged,
			bcperr.CatalogueRollback},
		{"newer, earlier in the day as written", list(1, instant.Add(time.Hour).In(time.FixedZone("", -7200)), 1), held,
			"", judged, ""},
		{"one instant, other content", list(1, instant, 1), held, "", judged, bcperr.CatalogueEquivocation},
		{"one instant in another zone", list(1, instant.In(brussels), 0), held, "", judged,
			bcperr.CatalogueEquivocation},
		{"version 2, newer", list(2, instant.Add(time.Second), 0), held, "", judged, ""},
		{"version 2, older", list(2, instant.Add(-time.Second), 0), held, "", judged, bcperr.CatalogueRollback},
		{"back to version 1, newer", list(1, instant.Add(time.Second), 0), list(2, instant, 0), "", judged, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, bcperr.CodeOf(servicelist.Accept(c.list, c.held, c.env, c.now)))
		})
	}
}

func TestReadInOrder(t *testing.T) {
	k := newKit(t)
	file := k.issued(t, 1, judged.Add(-time.Hour), 0)
	_, err := servicelist.Read(file, dsig.Trust{}, "Production", nil, judged)
	require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err))
	_, err = servicelist.Read(k.edited(t, 1, func(root *etree.Element) { root.CreateAttr("Mode", "x") }), k.trust,
		"Acceptation", nil, judged)
	require.Equal(t, bcperr.SchemaInvalid, bcperr.CodeOf(err), "the schema comes before the environment")
}
