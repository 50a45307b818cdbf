package servicelist_test

import (
	"bytes"
	"crypto/x509"
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
		{"more than five minutes ahead", held, nil, "", instant.Add(-5*time.Minute - time.Millisecond), bcperr.IssuedInFuture},
		{"the same", list(1, instant, 0), held, "", judged, ""},
		{"the same, signed later", k.read(t, k.resigned(t, instant, judged.Add(-time.Hour))), held, "", judged, ""},
		{"newer", list(1, instant.Add(time.Millisecond), 1), held, "", judged, ""},
		{"older", list(1, instant.Add(-time.Millisecond), 1), held, "", judged, bcperr.CatalogueRollback},
		{"older, later in the day as written", list(1, instant.Add(-time.Hour).In(brussels), 1), held, "", judged, bcperr.CatalogueRollback},
		{"newer, earlier in the day as written", list(1, instant.Add(time.Hour).In(time.FixedZone("", -7200)), 1), held, "", judged, ""},
		{"one instant, other content", list(1, instant, 1), held, "", judged, bcperr.CatalogueEquivocation},
		{"one instant in another zone", list(1, instant.In(brussels), 0), held, "", judged, bcperr.CatalogueEquivocation},
		{"version 2, newer", list(2, instant.Add(time.Second), 0), held, "", judged, ""},
		{"version 2, older", list(2, instant.Add(-time.Second), 0), held, "", judged, bcperr.CatalogueRollback},
		{"back to version 1, newer", list(1, instant.Add(time.Second), 0), list(2, instant, 0), "", judged, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, bcperr.CodeOf(servicelist.Accept(c.list, c.held, c.env, c.now)))
		})
	}
}

// shop is a client: what it holds in memory, and what it stored.
type shop struct {
	t          *testing.T
	k          *kit
	held       servicelist.Held
	stored     []byte
	acceptedAt time.Time
}

// offer gives the client a file and checks what it says of it, and that it keeps the newest good list.
func (s *shop) offer(file []byte, now time.Time, want bcperr.Code) {
	s.t.Helper()
	before := s.held
	held, err := s.held.Offer(file, s.k.trust, "Production", now)
	require.Equal(s.t, want, bcperr.CodeOf(err), "%v", err)
	s.held = held
	if err != nil {
		require.Equal(s.t, before, held, "a refused list changes nothing")
		return
	}
	s.stored, s.acceptedAt = held.Signed, held.AcceptedAt
}

// restart forgets what is in memory and takes up what was stored.
func (s *shop) restart(want bcperr.Code) {
	s.t.Helper()
	held, err := servicelist.Restore(s.stored, s.acceptedAt, s.k.trust, "Production")
	require.Equal(s.t, want, bcperr.CodeOf(err), "%v", err)
	s.held = held
}

// requireActive checks which endpoint of the first service the list in force has ACTIVE.
func (s *shop) requireActive(order int) {
	s.t.Helper()
	require.NotNil(s.t, s.held.List)
	for _, e := range s.held.List.Services[0].Endpoints {
		require.Equal(s.t, e.Order == order, e.Status == servicelist.Active)
	}
}

func TestSequences(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, time.May, n, 10, 0, 0, 0, time.UTC) }
	open := func(t *testing.T) *shop { return &shop{t: t, k: newKit(t)} }
	noise := [][]byte{nil, []byte(" \n"), []byte("<html><body>502 Bad Gateway</body></html>"), []byte("<!DOCTYPE html><title>Log in</title>"), []byte(`{"error":"maintenance"}`),
		{0x1f, 0x8b, 8, 0}, bytes.Repeat([]byte("a"), 4<<20+1), bytes.Repeat([]byte("<a>"), 1<<20), bytes.Repeat([]byte("<!-- -->"), 300_000)}

	t.Run("good, bad, good", func(t *testing.T) {
		s := open(t)
		s.offer(s.k.issued(t, 1, day(1), 0), day(2), "")
		s.requireActive(0)
		tampered := bytes.Replace(s.k.issued(t, 1, day(3), 1), []byte("services.bcp2.example"), []byte("services.evil.example"), 1)
		s.offer(tampered, day(4), bcperr.DigestMismatch)
		s.requireActive(0)
		s.offer(s.k.issued(t, 2, day(5), 1), day(5), "")
		s.requireActive(1)
		s.offer(s.k.issued(t, 1, day(1), 0), day(6), bcperr.CatalogueRollback)
		s.requireActive(1)
		s.offer(s.k.issued(t, 2, day(5), 0), day(6), bcperr.CatalogueEquivocation)
		s.requireActive(1)
		s.restart("")
		s.requireActive(1)
		s.offer(s.k.issued(t, 1, day(1), 0), day(6), bcperr.CatalogueRollback)
		s.requireActive(1)
	})
	t.Run("noise between good ones", func(t *testing.T) {
		s := open(t)
		for i := range 3 {
			s.offer(s.k.issued(t, 1, day(1+i), i%2), day(1+i), "")
			for _, body := range noise {
				before := s.held
				held, err := s.held.Offer(body, s.k.trust, "Production", day(1+i))
				require.Error(t, err)
				require.NotEqual(t, bcperr.Internal, bcperr.CodeOf(err))
				require.Equal(t, before, held)
			}
			s.requireActive(i % 2)
		}
	})
	t.Run("noise first", func(t *testing.T) {
		s := open(t)
		for _, body := range noise {
			_, err := s.held.Offer(body, s.k.trust, "Production", day(1))
			require.Error(t, err)
		}
		require.Nil(t, s.held.List)
		s.offer(s.k.issued(t, 1, day(1), 1), day(1), "")
		s.requireActive(1)
	})
	t.Run("the same list again", func(t *testing.T) {
		s := open(t)
		file := s.k.issued(t, 1, day(1), 0)
		s.offer(file, day(2), "")
		s.offer(bytes.Clone(file), day(9), "")
		require.Equal(t, day(2), s.acceptedAt, "first acceptance counts")
		s.requireActive(0)
	})
	t.Run("restart after the signer expired", func(t *testing.T) {
		s := open(t)
		var err error
		good := s.k.quick
		s.k.quick, err = s.k.pki.IssueSigner("p256", 99, func(c *x509.Certificate) { c.NotAfter = day(10) })
		require.NoError(t, err)
		s.offer(s.k.issued(t, 1, day(1), 1), day(2), "")
		s.restart("")
		s.requireActive(1)
		s.offer(s.k.issued(t, 1, day(9), 0), day(11), bcperr.SignerExpired)
		s.offer(s.stored, day(11), bcperr.SignerExpired)
		s.requireActive(1)
		s.restart("")
		s.requireActive(1)
		s.k.quick = good
		s.offer(s.k.issued(t, 1, day(12), 0), day(12), "")
		s.requireActive(0)
	})
	t.Run("stored copy tampered with", func(t *testing.T) {
		s := open(t)
		s.offer(s.k.issued(t, 1, day(1), 0), day(2), "")
		s.stored = bytes.Replace(s.stored, []byte(`Order="0" Status="ACTIVE"`), []byte(`Order="0" Status="ACTIVE "`), 1)
		s.restart(bcperr.DigestMismatch)
		require.Nil(t, s.held.List)
		s.stored = s.stored[:len(s.stored)/2]
		s.restart(bcperr.XMLMalformed)
		s.offer(s.k.issued(t, 1, day(3), 1), day(3), "")
		s.requireActive(1)
		s.restart("")
		s.requireActive(1)
	})
	t.Run("stored moment tampered with", func(t *testing.T) {
		s := open(t)
		s.offer(s.k.issued(t, 1, day(5), 0), day(5), "")
		s.acceptedAt = day(1)
		s.restart(bcperr.IssuedInFuture)
		require.Nil(t, s.held.List)
	})
	t.Run("clock back and forth", func(t *testing.T) {
		s := open(t)
		s.offer(s.k.issued(t, 1, day(1), 0), day(2), "")
		s.offer(s.k.issued(t, 1, day(3), 1), day(1), bcperr.IssuedInFuture)
		s.offer(s.k.issued(t, 1, day(3), 1), time.Unix(0, 0), bcperr.SignerNotYetValid)
		s.offer(s.k.issued(t, 1, day(3), 1), day(3).AddDate(100, 0, 0), bcperr.SignerExpired)
		s.requireActive(0)
		s.restart("")
		s.requireActive(0)
		s.offer(s.k.issued(t, 1, day(3), 1), day(3), "")
		s.requireActive(1)
		s.offer(s.stored, day(2), bcperr.IssuedInFuture)
		s.requireActive(1)
		s.offer(s.stored, day(4), "")
		s.requireActive(1)
	})
	t.Run("another environment's list", func(t *testing.T) {
		s := open(t)
		s.offer(s.k.issued(t, 1, day(1), 0), day(2), "")
		l := sample(1)
		l.Environment, l.IssueInstant = "Acceptation", day(3)
		file, err := drill.Sign(l, s.k.quick, time.Time{})
		require.NoError(t, err)
		s.offer(file, day(3), bcperr.EnvironmentMismatch)
		s.requireActive(0)
	})
	t.Run("the anchors change over", func(t *testing.T) {
		s := open(t)
		s.offer(s.k.issued(t, 1, day(1), 0), day(2), "")
		foreign, err := drill.NewForeignPKI()
		require.NoError(t, err)
		old := s.k.quick
		s.k.quick = foreign.Signer
		next := s.k.issued(t, 1, day(3), 1)
		s.offer(next, day(3), bcperr.SignerUntrusted)
		s.k.trust.Anchors = append(s.k.trust.Anchors, foreign.Root)
		s.offer(next, day(3), "")
		s.requireActive(1)
		s.k.trust.Anchors = s.k.trust.Anchors[1:]
		s.restart("")
		s.k.quick = old
		s.offer(s.k.issued(t, 1, day(4), 0), day(4), bcperr.SignerUntrusted)
		s.requireActive(1)
	})
}

func TestReadInOrder(t *testing.T) {
	k := newKit(t)
	file := k.issued(t, 1, judged.Add(-time.Hour), 0)
	_, err := servicelist.Read(file, dsig.Trust{}, "Production", nil, judged)
	require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err))
	_, err = servicelist.Read(k.edited(t, 1, func(root *etree.Element) { root.CreateAttr("Mode", "x") }), k.trust, "Acceptation", nil, judged)
	require.Equal(t, bcperr.SchemaInvalid, bcperr.CodeOf(err), "the schema comes before the environment")
}
