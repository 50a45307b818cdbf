package core_test

import (
	"bytes"
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// shop is a host: the catalogue that it has open, and what it stored.
type shop struct {
	t          *testing.T
	pki        *drill.PKI
	signer     drill.Signer
	anchors    [][]byte
	held       *core.Catalogue
	stored     []byte
	acceptedAt time.Time
}

func newShop(t *testing.T) *shop {
	t.Helper()
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	quick, err := pki.IssueSigner("p256", 20, nil)
	require.NoError(t, err)
	return &shop{t: t, pki: pki, signer: quick, anchors: [][]byte{drill.PEM(pki.Root)}}
}

// issued signs a sample issued at that moment, with only the endpoint of that Order ACTIVE in its first service.
func (s *shop) issued(version int, at time.Time, order int) []byte {
	s.t.Helper()
	l := drill.Sample(version)
	l.IssueInstant = at
	require.NoError(s.t, l.Switch(l.Services[0].ID, order))
	file, err := drill.Sign(l, s.signer, time.Time{})
	require.NoError(s.t, err)
	return file
}

// judge opens a file against the catalogue in force.
func (s *shop) judge(file []byte, now time.Time) (*core.Catalogue, error) {
	return core.Open(file, core.Judgement{Anchors: s.anchors, Environment: "Production", At: now, Held: s.held})
}

// offer gives the host a file and checks what is said of it; an accepted one takes its place, unless it is the one
// held.
func (s *shop) offer(file []byte, now time.Time, want bcperr.Code) {
	s.t.Helper()
	opened, err := s.judge(file, now)
	require.Equal(s.t, want, bcperr.CodeOf(err), "%v", err)
	if err == nil && !bytes.Equal(file, s.stored) {
		s.held, s.stored, s.acceptedAt = opened, file, now
	}
}

// restart forgets what is in memory and takes up what was stored, judged when it was first accepted.
func (s *shop) restart(want bcperr.Code) {
	s.t.Helper()
	s.held = nil
	opened, err := s.judge(s.stored, s.acceptedAt)
	require.Equal(s.t, want, bcperr.CodeOf(err), "%v", err)
	s.held = opened
}

// requireActive checks which endpoint of the first service the list in force has ACTIVE.
func (s *shop) requireActive(order int) {
	s.t.Helper()
	require.NotNil(s.t, s.held)
	for _, e := range s.held.Services().Services[0].Endpoints {
		require.Equal(s.t, e.Order == order, e.Status == servicelist.Active)
	}
}

// day is the morning of a day in May.
func day(n int) time.Time { return time.Date(2026, time.May, n, 10, 0, 0, 0, time.UTC) }

// noise is what comes in the place of a list.
var noise = [][]byte{
	nil, []byte(" \n"), []byte("<html><body>502 Bad Gateway</body></html>"),
	[]byte("<!DOCTYPE html><title>Log in</title>"),
	[]byte(`{"error":"maintenance"}`), {0x1f, 0x8b, 8, 0},
	bytes.Repeat([]byte("a"), 4<<20+1), bytes.Repeat([]byte("<a>"), 1<<20),
	bytes.Repeat([]byte("<!-- -->"), 300_000),
}

// TestSequences: lists that come one after another, as a host with a store sees them.
func TestSequences(t *testing.T) {
	t.Run("good, bad, good", func(t *testing.T) {
		s := newShop(t)
		s.offer(s.issued(1, day(1), 0), day(2), "")
		s.requireActive(0)
		tampered := bytes.Replace(s.issued(1, day(3), 1), []byte("services.bcp2.example"),
			[]byte("services.evil.example"), 1)
		s.offer(tampered, day(4), bcperr.DigestMismatch)
		s.requireActive(0)
		s.offer(s.issued(2, day(5), 1), day(5), "")
		s.requireActive(1)
		s.offer(s.issued(1, day(1), 0), day(6), bcperr.CatalogueRollback)
		s.requireActive(1)
		s.offer(s.issued(2, day(5), 0), day(6), bcperr.CatalogueEquivocation)
		s.requireActive(1)
		s.restart("")
		s.requireActive(1)
		s.offer(s.issued(1, day(1), 0), day(6), bcperr.CatalogueRollback)
		s.requireActive(1)
	})
	t.Run("noise between good ones", func(t *testing.T) {
		s := newShop(t)
		for i := range 3 {
			s.offer(s.issued(1, day(1+i), i%2), day(1+i), "")
			for _, body := range noise {
				_, err := s.judge(body, day(1+i))
				require.Error(t, err)
				require.NotEqual(t, bcperr.Internal, bcperr.CodeOf(err))
			}
			s.requireActive(i % 2)
		}
	})
	t.Run("noise first", func(t *testing.T) {
		s := newShop(t)
		for _, body := range noise {
			_, err := s.judge(body, day(1))
			require.Error(t, err)
		}
		require.Nil(t, s.held)
		s.offer(s.issued(1, day(1), 1), day(1), "")
		s.requireActive(1)
	})
	t.Run("the same list again", func(t *testing.T) {
		s := newShop(t)
		file := s.issued(1, day(1), 0)
		s.offer(file, day(2), "")
		s.offer(bytes.Clone(file), day(9), "")
		require.Equal(t, day(2), s.acceptedAt, "first acceptance counts")
		s.requireActive(0)
	})
	t.Run("another environment's list", func(t *testing.T) {
		s := newShop(t)
		s.offer(s.issued(1, day(1), 0), day(2), "")
		l := drill.Sample(1)
		l.Environment, l.IssueInstant = "Acceptation", day(3)
		file, err := drill.Sign(l, s.signer, time.Time{})
		require.NoError(t, err)
		s.offer(file, day(3), bcperr.EnvironmentMismatch)
		s.requireActive(0)
	})
}

// TestRestarts: a host starts again with what it stored, or with what somebody made of it.
func TestRestarts(t *testing.T) {
	t.Run("restart after the signer expired", func(t *testing.T) {
		s := newShop(t)
		var err error
		good := s.signer
		s.signer, err = s.pki.IssueSigner("p256", 99, func(c *x509.Certificate) { c.NotAfter = day(10) })
		require.NoError(t, err)
		s.offer(s.issued(1, day(1), 1), day(2), "")
		s.restart("")
		s.requireActive(1)
		s.offer(s.issued(1, day(9), 0), day(11), bcperr.SignerExpired)
		s.offer(s.stored, day(11), bcperr.SignerExpired)
		s.requireActive(1)
		s.restart("")
		s.requireActive(1)
		s.signer = good
		s.offer(s.issued(1, day(12), 0), day(12), "")
		s.requireActive(0)
	})
	t.Run("stored copy tampered with", func(t *testing.T) {
		s := newShop(t)
		s.offer(s.issued(1, day(1), 0), day(2), "")
		s.stored = bytes.Replace(s.stored, []byte(`Order="0" Status="ACTIVE"`), []byte(`Order="0" Status="ACTIVE "`), 1)
		s.restart(bcperr.DigestMismatch)
		require.Nil(t, s.held)
		s.stored = s.stored[:len(s.stored)/2]
		s.restart(bcperr.XMLMalformed)
		s.offer(s.issued(1, day(3), 1), day(3), "")
		s.requireActive(1)
		s.restart("")
		s.requireActive(1)
	})
	t.Run("stored moment tampered with", func(t *testing.T) {
		s := newShop(t)
		s.offer(s.issued(1, day(5), 0), day(5), "")
		s.acceptedAt = day(1)
		s.restart(bcperr.IssuedInFuture)
		require.Nil(t, s.held)
	})
}

// TestChangesAround: the clock of the host, and the anchors of the application.
func TestChangesAround(t *testing.T) {
	t.Run("clock back and forth", func(t *testing.T) {
		s := newShop(t)
		s.offer(s.issued(1, day(1), 0), day(2), "")
		s.offer(s.issued(1, day(3), 1), day(1), bcperr.IssuedInFuture)
		s.offer(s.issued(1, day(3), 1), time.Unix(0, 0), bcperr.SignerNotYetValid)
		s.offer(s.issued(1, day(3), 1), day(3).AddDate(100, 0, 0), bcperr.SignerExpired)
		s.requireActive(0)
		s.restart("")
		s.requireActive(0)
		s.offer(s.issued(1, day(3), 1), day(3), "")
		s.requireActive(1)
		s.offer(s.stored, day(2), bcperr.IssuedInFuture)
		s.requireActive(1)
		s.offer(s.stored, day(4), "")
		s.requireActive(1)
	})
	t.Run("the anchors change over", func(t *testing.T) {
		s := newShop(t)
		s.offer(s.issued(1, day(1), 0), day(2), "")
		foreign, err := drill.NewForeignPKI()
		require.NoError(t, err)
		old := s.signer
		s.signer = foreign.Signer
		next := s.issued(1, day(3), 1)
		s.offer(next, day(3), bcperr.SignerUntrusted)
		s.anchors = append(s.anchors, drill.PEM(foreign.Root))
		s.offer(next, day(3), "")
		s.requireActive(1)
		s.anchors = s.anchors[1:]
		s.restart("")
		s.signer = old
		s.offer(s.issued(1, day(4), 0), day(4), bcperr.SignerUntrusted)
		s.requireActive(1)
	})
}
