package bcperr_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"":                       `""`,
		"Kit Issuing CA":         `"Kit Issuing CA"`,
		"Zoë «ca» \uFFFD":        `"Zoë «ca» ` + "\uFFFD" + `"`,
		"a\nb\x1b[31m\x00":       `"a\nb\x1b[31m\x00"`,
		"a\u202eb\u2028c\u00adc": `"a\u202eb\u2028c\u00adc"`,
		`say "x" \`:              `"say \"x\" \\"`,
		"\xff\xfe":               `"\xff\xfe"`,
		strings.Repeat("a", 118): `"` + strings.Repeat("a", 118) + `"`,
		strings.Repeat("a", 119): `"` + strings.Repeat("a", 115) + `…"`,
		strings.Repeat("é", 60):  `"` + strings.Repeat("é", 57) + `…"`,
		strings.Repeat("\n", 90): `"` + strings.Repeat(`\n`, 57) + `…"`,
	} {
		got := bcperr.Quote(text)
		require.Equal(t, want, got, "%q", text)
		require.LessOrEqual(t, len(got), 120, "%q", text)
	}
}

func TestDetailIsBounded(t *testing.T) {
	long := strings.Repeat("Foreign\nline \x1b[31m ", 200)
	for _, detail := range []string{
		bcperr.New(bcperr.SignerUntrusted, "issued by %s", long).Detail,
		bcperr.NewFinding(bcperr.CRLForeign, "crl 1", "issued by %s", long).Detail,
		bcperr.NewFinding(bcperr.CRLForeign, long, "").Place,
	} {
		require.LessOrEqual(t, len(detail), 600)
		require.NotContains(t, detail, "\n")
		require.NotContains(t, detail, "\x1b")
		require.True(t, strings.HasSuffix(detail, "…"), detail)
	}
	require.Equal(t, `as it is: "é" \`, bcperr.New(bcperr.Internal, `as it is: "é" \`).Detail)
}
