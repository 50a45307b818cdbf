package servicelist_test

import (
	"bufio"
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

func readFile(t testing.TB, parts ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(parts...))
	require.NoError(t, err)
	return b
}

// attack is a row of EXPECTED.tsv.
type attack struct {
	file, class, expected, reason, anchors, env, stored, alt string
	at                                                       time.Time
}

func readAttacks(t *testing.T, dir string) []attack {
	var list []attack
	for _, f := range rows(t, readFile(t, dir, "EXPECTED.tsv"), 12)[1:] {
		at, err := time.Parse(time.RFC3339, f[5])
		require.NoError(t, err)
		list = append(list, attack{file: f[0], class: f[1], expected: f[2], reason: f[3], at: at, anchors: f[6],
			env: f[7], stored: f[8], alt: f[10]})
	}
	return list
}

// rows splits tab-separated text; lines that begin with # are comments.
func rows(t *testing.T, text []byte, columns int) [][]string {
	var list [][]string
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if line := lines.Text(); line != "" && !strings.HasPrefix(line, "#") {
			fields := strings.Split(line, "\t")
			require.Len(t, fields, columns, line)
			list = append(list, fields)
		}
	}
	require.NoError(t, lines.Err())
	return list
}

// reasonCodes reads the table in the documentation of package dsig, so that the two cannot part.
func reasonCodes(t *testing.T) map[string]bcperr.Code {
	table := make(map[string]bcperr.Code)
	for line := range strings.Lines(string(readFile(t, "..", "dsig", "doc.go"))) {
		if row, found := strings.CutPrefix(line, "//\t"); found {
			fields := strings.Fields(row)
			require.Len(t, fields, 2, line)
			table[fields[0]] = bcperr.Code(fields[1])
		}
	}
	require.Greater(t, len(table), 40)
	return table
}

// verdict is what we say of a file: accept, or the code of its refusal; and what is wrong with a part of it.
type verdict struct {
	code        bcperr.Code // "" when accepted
	detail      string
	quarantined []bcperr.Code
	cachesOff   []bcperr.Code
	list        *servicelist.ServiceList
}

func judge(t *testing.T, dir string, a attack) verdict {
	trust, err := dsig.ParseAnchors(readFile(t, dir, a.anchors))
	require.NoError(t, err)
	var held *servicelist.ServiceList
	if a.stored != "-" {
		held, err = servicelist.Read(readFile(t, dir, a.stored), trust, a.env, nil, a.at)
		require.NoError(t, err)
	}
	list, err := servicelist.Read(readFile(t, dir, a.file), trust, a.env, held, a.at)
	if err != nil {
		return verdict{code: bcperr.CodeOf(err), detail: err.Error()}
	}
	v := verdict{list: list}
	for _, s := range list.Services {
		if s.Quarantined != "" {
			v.quarantined = append(v.quarantined, s.Quarantined)
		}
		if s.Cache != nil && s.Cache.Off != "" {
			v.cachesOff = append(v.cachesOff, s.Cache.Off)
		}
	}
	return v
}

// decision is a row of testdata/decisions.tsv: a verdict other than the first choice of EXPECTED.tsv, or another code.
type decision struct {
	verdict, code, reason string
	used                  bool
}

func readDecisions(t *testing.T) map[string]*decision {
	list := make(map[string]*decision)
	for _, f := range rows(t, readFile(t, "testdata", "decisions.tsv"), 4) {
		require.NotContains(t, list, f[0])
		require.NotEmpty(t, f[3], f[0])
		list[f[0]] = &decision{verdict: f[1], code: f[2], reason: f[3]}
	}
	return list
}

// TestCorpusAttacks judges every row of the shared corpus.
func TestCorpusAttacks(t *testing.T) {
	dir := corpus.Dir(t, "corpus", "attacks")
	codes, decisions := reasonCodes(t), readDecisions(t)
	for _, a := range readAttacks(t, dir) {
		t.Run(a.file, func(t *testing.T) {
			v := judge(t, dir, a)
			requireNoEvil(t, a, v)
			d := decisions[a.file]
			switch {
			case d != nil && a.expected == "reject":
				d.used = true
				requireDecided(t, a, d, v)
			case a.expected == "accept":
				require.Empty(t, v.code, v.detail)
				require.Empty(t, v.quarantined)
			case a.class == "xslt": // well signed; package cachekey switches the cache off
				require.Equal(t, "accept-with-cache-disabled", a.alt)
				require.Empty(t, v.code, v.detail)
			default:
				require.Contains(t, codes, a.reason, "a reason that no code refuses needs a row in decisions.tsv")
				require.Equal(t, string(codes[a.reason]), string(v.code), v.detail)
			}
		})
	}
	for file, d := range decisions {
		require.True(t, d.used, "decisions.tsv has a row for %s that nothing needs", file)
	}
}

// requireDecided checks a verdict against its decision, and the decision against what the corpus calls as safe.
func requireDecided(t *testing.T, a attack, d *decision, v verdict) {
	switch d.verdict {
	case "reject":
		require.Equal(t, d.code, string(v.code), v.detail)
	case "accept":
		require.Contains(t, []string{"accept", "accept-if-evil-not-visible", "accept-with-service-quarantined",
			"accept-no-prototype-pollution", "accept-escaped"}, a.alt)
		require.Empty(t, v.code, v.detail)
		require.Empty(t, v.quarantined)
		require.Empty(t, v.cachesOff)
	case "quarantine":
		require.Equal(t, "accept-with-service-quarantined", a.alt)
		require.Empty(t, v.code, v.detail)
		require.Contains(t, v.quarantined, bcperr.Code(d.code))
		require.Less(t, len(v.quarantined), len(v.list.Services), "the others stay good")
	case "cache-off":
		require.Equal(t, "accept-with-cache-disabled", a.alt)
		require.Empty(t, v.code, v.detail)
		require.Empty(t, v.quarantined)
		require.Contains(t, v.cachesOff, bcperr.Code(d.code))
	default:
		t.Fatalf("unknown verdict %q in decisions.tsv", d.verdict)
	}
}

// requireNoEvil checks that no endpoint of an attacker can be seen, in a list that may be used or in a message.
func requireNoEvil(t *testing.T, a attack, v verdict) {
	require.NotContains(t, v.detail, "evil.example")
	if v.list == nil {
		return
	}
	for _, s := range v.list.Services {
		for _, e := range s.Endpoints {
			if u, err := url.Parse(e.URL); err == nil {
				require.False(t, u.Hostname() == "evil.example" || strings.HasSuffix(u.Hostname(), ".evil.example"),
					e.URL)
			}
		}
	}
	for _, f := range v.list.Lint {
		require.NotContains(t, f.Detail, "evil.example")
	}
	require.False(t, slices.ContainsFunc(v.list.Services, func(s servicelist.Service) bool { return s.Name == "EVIL" }))
}
