package pemtext_test

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/pemtext"
)

var content = bytes.Repeat([]byte("0123456789"), 20)

func block(label string) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: content}))
}

// shapes are what becomes of a PEM text on its way into a configuration.
var shapes = map[string]func(string) string{
	"as it is":                func(s string) string { return s },
	"no line end at the end":  strings.TrimSpace,
	"text around":             func(s string) string { return "Subject: a\n" + s + "bye\n" },
	"byte order mark":         func(s string) string { return "\ufeff" + s },
	"CRLF":                    func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"CR":                      func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
	"indented":                func(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") },
	"indented by tabs":        func(s string) string { return "\t" + strings.ReplaceAll(s, "\n", "\n\t") },
	"blanks at the line ends": func(s string) string { return strings.ReplaceAll(s, "\n", " \t\n") },
	"blank lines between":     func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n") },
	"no-break spaces":         func(s string) string { return strings.ReplaceAll(s, "\n", "\u00a0\n\u200b") },
	"one line":                func(s string) string { return strings.ReplaceAll(s, "\n", " ") },
	"one line, no blanks":     func(s string) string { return strings.ReplaceAll(s, "\n", "") },
	"escaped line ends":       func(s string) string { return strings.ReplaceAll(s, "\n", `\n`) },
	"escaped CRLF":            func(s string) string { return strings.ReplaceAll(s, "\n", `\r\n`) },
	"escaped twice":           func(s string) string { return strings.ReplaceAll(s, "\n", `\\n`) },
	"in quotes":               func(s string) string { return `"` + strings.ReplaceAll(s, "\n", `\n`) + `"` },
	"header fields": func(s string) string {
		return strings.Replace(s, "-----\n",
			"-----\nProc-Type: 4,CLEAR\nX: y\n\n", 1)
	},
}

func TestShapes(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			for _, text := range []string{shape(block("A B")), shape(block("A B") + block("A B"))} {
				blocks := pemtext.Blocks([]byte(text))
				require.Len(t, blocks, strings.Count(text, "BEGIN"))
				for _, b := range blocks {
					require.NoError(t, b.Err)
					require.Equal(t, pemtext.Block{Label: "A B", DER: content}, b)
				}
			}
		})
	}
}

// TestOneBadBlockCostsNoOther puts each kind of bad block between two good ones.
func TestOneBadBlockCostsNoOther(t *testing.T) {
	good, half := block("GOOD"), block("BAD")[:100]
	for _, c := range []struct{ name, bad, label, want string }{
		{"cut off", half + "\n", "BAD", "it has no END line"},
		{"another case", strings.Replace(block("BAD"), "-----END", "-----end", 1), "BAD", "it has no END line"},
		{"another label", strings.Replace(block("BAD"), "END BAD", "END\n", 1), "BAD", "it has no END line"},
		{"ends as another", strings.Replace(block("BAD"), "END BAD", "END X\x1b", 1), "BAD",
			`it begins as "BAD" and ends as "X\x1b"`},
		{"not base64", strings.Replace(block("BAD"), "M", "*", 1), "BAD", "what it holds is not base64"},
		{"a letter lost", strings.Replace(block("BAD"), "M", "", 1), "BAD", "what it holds is not base64"},
		{"BEGIN not closed", strings.Replace(block("BAD"), "BEGIN BAD-----", "BEGIN BAD", 1), "BAD",
			"its BEGIN line is not closed"},
		{"a label without end", "-----BEGIN " + strings.Repeat("x", 90) + "\n" + block("BAD")[16:],
			strings.Repeat("x", 64), "its BEGIN line is not closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			blocks := pemtext.Blocks([]byte(good + c.bad + good))
			require.Len(t, blocks, 3)
			require.Equal(t, c.label, blocks[1].Label)
			require.ErrorContains(t, blocks[1].Err, c.want)
			for _, b := range []pemtext.Block{blocks[0], blocks[2]} {
				require.Equal(t, pemtext.Block{Label: "GOOD", DER: content}, b)
			}
		})
	}
	last := pemtext.Blocks([]byte(good + half))
	require.Len(t, last, 2)
	require.ErrorContains(t, last[1].Err, "it has no END line")
	require.Empty(t, pemtext.Blocks(nil))
	require.Empty(t, pemtext.Blocks([]byte("-----END GOOD-----")))
	require.Equal(t, []pemtext.Block{{Label: "EMPTY", DER: []byte{}}},
		pemtext.Blocks([]byte("-----BEGIN EMPTY-----\n-----END EMPTY-----\n")))
}

// TestSameAsEncodingPEM: what Go's own reader takes, this one takes with the same octets.
func TestSameAsEncodingPEM(t *testing.T) {
	for n := range 200 {
		text := pem.EncodeToMemory(&pem.Block{Type: fmt.Sprint("T ", n), Bytes: content[:n]})
		want, _ := pem.Decode(text)
		require.Equal(t, []pemtext.Block{{Label: want.Type, DER: want.Bytes}}, pemtext.Blocks(text))
	}
}

func FuzzBlocks(f *testing.F) {
	f.Add([]byte(block("A") + block("B")[:90]))
	f.Add([]byte(`-----BEGIN A-----\nAAAA\n-----END A-----`))
	f.Fuzz(func(t *testing.T, text []byte) {
		blocks := pemtext.Blocks(text)
		require.Len(t, blocks, bytes.Count(text, []byte("-----BEGIN ")))
		for _, b := range blocks {
			require.Equal(t, b.Err == nil, b.DER != nil)
			require.LessOrEqual(t, len(b.Label), 64)
		}
	})
}

func TestManyBlocks(t *testing.T) {
	const most = 1000
	block := string(pem.EncodeToMemory(&pem.Block{Type: "X", Bytes: content}))
	got := pemtext.Blocks([]byte(strings.Repeat(block, most)))
	require.Len(t, got, most)
	require.NoError(t, got[most-1].Err)
	got = pemtext.Blocks([]byte(strings.Repeat(block, most+2)))
	require.Len(t, got, most+1)
	require.NoError(t, got[most-1].Err)
	require.Equal(t, "X", got[most].Label)
	require.ErrorContains(t, got[most].Err, "at most 1000 blocks")
}
