package xmldoc

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/internal/steps"
)

// families are documents that make something quadratic in a careless parser or canonicaliser. Each grows with n alone.
var families = map[string]func(n int) string{
	"siblings":        func(n int) string { return "<a>" + strings.Repeat("<b/>", n) + "</a>" },
	"depth":           func(n int) string { return strings.Repeat("<b>", n) + strings.Repeat("</b>", n) },
	"comments before": func(n int) string { return strings.Repeat("<!-- - -->\n", n) + "<a/>" },
	"comments inside": func(n int) string { return "<a>" + strings.Repeat("x<!--y-->", n) + "</a>" },
	"PIs before":      func(n int) string { return strings.Repeat("<?p q?>", n) + "<a/>" },
	"PIs after":       func(n int) string { return "<a/>" + strings.Repeat("<?p q?> ", n) },
	"CDATA":           func(n int) string { return "<a>" + strings.Repeat("<![CDATA[x]]>y", n) + "</a>" },
	"references": func(n int) string {
		return "<a b='" + strings.Repeat("&amp;", n) + "'>" + strings.Repeat("&#13;&lt;", n) + "</a>"
	},
	"line ends": func(n int) string {
		return "<a b='" + strings.Repeat("\r\n", n) + "'>" + strings.Repeat("\r", n) + "</a>"
	},
	"brackets":       func(n int) string { return "<a>" + strings.Repeat("]", n) + strings.Repeat(" ]>", n) + "</a>" },
	"long reference": func(n int) string { return "<a>&#" + strings.Repeat("0", n) + "65;</a>" },
	"long names": func(n int) string {
		return "<a>" + strings.Repeat("<"+strings.Repeat("b", MaxName)+"/>", n/64) + "</a>"
	},
	"blanks in tags": func(n int) string {
		return "<a" + strings.Repeat(" ", n) + "b='1'" + strings.Repeat("\n", n) +
			"/>"
	},
	"many names": func(n int) string {
		return "<a>" + repeat(n, func(i int) string { return fmt.Sprintf("<b%d/>", i) }) + "</a>"
	},
	"colliding names": func(n int) string {
		return "<a>" + repeat(n, func(i int) string { return "<" + collide(i) + "/>" }) + "</a>"
	},
	"attributes": func(n int) string {
		return repeat(1, func(int) string { return "<a" + steps.Many(n, " b%07d='1'") + "/>" })
	},
	"64 attributes": func(n int) string {
		return "<a>" + strings.Repeat("<b"+steps.Many(64, " b%02d='1'")+"/>", n/64) + "</a>"
	},
	"64 unsorted": func(n int) string {
		return "<a>" + strings.Repeat("<b"+steps.Many(64, " b%02d='1'")+" a='1'/>", n/64) + "</a>"
	},
	"twins": func(n int) string {
		return "<a" + steps.Many(n, " xmlns:p%07d='urn:%[1]d'") + steps.Many(n, " p%07d:x='1'") + "/>"
	},
	"64 twins": func(n int) string {
		return "<a" + steps.Many(64, " xmlns:p%02d='urn:%[1]d'") + ">" +
			strings.Repeat("<b"+steps.Many(64, " p%02d:x='1'")+"/>", n/64) + "</a>"
	},
	"declarations": func(n int) string {
		return "<a>" + strings.Repeat("<b"+steps.Many(64, " xmlns:p%02d='urn:x'")+"/>", n/64) + "</a>"
	},
	"all declared": func(n int) string {
		return "<a" + steps.Many(n, " xmlns:p%07d='urn:x'") + ">" + steps.Many(n, "<p%07d:b/>") + "</a>"
	},
	"scopes": func(n int) string {
		return steps.Many(n, "<a xmlns:p%d='urn:x' p%[1]d:c=''>") + strings.Repeat("</a>", n)
	},
	"scopes, used low": func(n int) string {
		return steps.Many(n, "<a xmlns:p%d='urn:x'>") + strings.Repeat("<p0:b p1:c=''/>", n) + strings.Repeat("</a>", n)
	},
	"bound anew": func(n int) string {
		return "<a>" + strings.Repeat("<p:b xmlns:p='urn:1'/><p:b xmlns:p='urn:2' p:c=''/>", n) + "</a>"
	},
	"default anew": func(n int) string {
		return strings.Repeat("<a xmlns='urn:1'><a xmlns=''>", n/2) + strings.Repeat("</a></a>", n/2)
	},
	"PI and element": func(n int) string { return "<a xmlns='urn:x'>" + strings.Repeat("<b/><?b?>", n) + "</a>" },
}

func repeat(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// collide returns the i-th of 65,536 names that have one hash in names.recent, where Aa and BB count the same.
func collide(i int) string {
	var b strings.Builder
	for bit := range 16 {
		b.WriteString([]string{"Aa", "BB"}[i>>bit&1])
	}
	return b.String()
}

// stepsFamily names the family to TestStepsOf.
const stepsFamily = "XMLDOC_STEPS_FAMILY"

// TestStepsOf is the work that TestStepsAreLinear counts; by itself it does nothing.
func TestStepsOf(t *testing.T) {
	n := steps.Size(t)
	const none = 1 << 30
	doc, err := ParseString(families[os.Getenv(stepsFamily)](n), Limits{none, none, none, none, none, none, none})
	require.NoError(t, err)
	require.NoError(t, Canonicalize(io.Discard, doc, []string{"p", "p1", "#default"}))
}

// TestStepsAreLinear counts the statements that a parse and a canonicalisation of each family execute: a document four
// times as large takes at most about four times the steps.
func TestStepsAreLinear(t *testing.T) {
	counter := steps.New(t, ".")
	for name, family := range families {
		t.Run(name, func(t *testing.T) {
			const n = 1024
			of := stepsFamily + "=" + name
			small, large := counter.Count(t, "TestStepsOf", n, of), counter.Count(t, "TestStepsOf", 4*n, of)
			octets := len(family(4 * n))
			require.Less(t, float64(large), 4.5*float64(small)+20_000, "steps for n and 4n")
			require.Less(t, large/octets, 80, "steps for an octet")
		})
	}
}
