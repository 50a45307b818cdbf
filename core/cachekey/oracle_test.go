package cachekey_test

import (
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

// TestKeyOracle changes the requests of the corpus at random and compares the keys with the JDK's. BCP_ORACLE is how
// many requests; without it, without the corpus or without java the test skips. Quirk cases are left out: those that
// are decided against the JDK differ for every request.
func TestKeyOracle(t *testing.T) {
	count, err := strconv.Atoi(os.Getenv("BCP_ORACLE"))
	if err != nil {
		t.Skip("BCP_ORACLE is not set: no requests to compare with the JDK")
	}
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skip("java is not installed")
	}
	seed, err := strconv.ParseInt(os.Getenv("BCP_ORACLE_SEED"), 10, 64)
	if err != nil {
		seed = 1
	}
	dir, err := filepath.Abs(corpus.Dir(t, "corpus", "cachekey"))
	require.NoError(t, err)
	var names []string
	for _, row := range rows(readFile(t, dir, "index.tsv"))[1:] {
		if row[1] == "core" || row[1] == "jdk" {
			names = append(names, row[0])
		}
	}
	r := rand.New(rand.NewSource(seed))
	work := t.TempDir()
	var list strings.Builder
	sheets, envelopes := make([][]byte, count), make([][]byte, count)
	for i := range count {
		name := names[i%len(names)]
		sheets[i] = readFile(t, dir, name, "stylesheet.xslt")
		envelopes[i] = mutated(r, readFile(t, dir, name, "envelope.xml"))
		file := filepath.Join(work, fmt.Sprint(i, ".xml"))
		require.NoError(t, os.WriteFile(file, envelopes[i], 0o600))
		fmt.Fprintf(&list, "%s\t%s\n", filepath.Join(dir, name, "stylesheet.xslt"), file)
	}
	listFile := filepath.Join(work, "list.tsv")
	require.NoError(t, os.WriteFile(listFile, []byte(list.String()), 0o600))
	out, err := exec.Command(java, "testdata/oracle/Keys.java", listFile).Output()
	require.NoError(t, err)
	want := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	require.Len(t, want, count)
	keys := 0
	escape := strings.NewReplacer("\\", `\\`, "\n", `\n`, "\r", `\r`)
	for i := range count {
		got := "E"
		if key, err := keyOf(sheets[i], envelopes[i]); err == nil {
			got = "K" + escape.Replace(key)
			keys++
		}
		if emptyKey.MatchString(want[i]) {
			want[i] = "E" // it is no key
		}
		require.Equal(t, want[i], got, "%s with\n%s", names[i%len(names)], envelopes[i])
	}
	require.Greater(t, keys, count*3/4, "most requests have a key")
}

var (
	emptyKey    = regexp.MustCompile(`^K(?:[ \t]|\\[rn])*$`)
	bodyOf      = regexp.MustCompile(`(?s)(<(?:\w+:)?Body[^>]*>)(.*)(</(?:\w+:)?Body>)`)
	textOf      = regexp.MustCompile(`>([^<>]+)<`)
	attributeOf = regexp.MustCompile(`\s(?:[A-WYZa-wyz_][\w.-]*)="([^"<]*)"`) // no xmlns
	leafOf      = regexp.MustCompile(`<([\w:.-]+)((?:\s[^<>]*[^/<>])?)>([^<>]*)</[\w:.-]+>`)
)

// oracleValues has no word that only Java's parser takes for a number: a sort by number puts "NaN" last in the JDK, and
// first, as any text that is no number, here and in libxslt. See 066-number-from-string-jdk-lax in testdata/quirks.tsv.
var oracleValues = []string{"85020300169", "10", "9", "2.5", "", "  ", "a b", "é", "ÀÉ ç", "&lt;x&gt;", "&amp;", "😀",
	"-1", "007", "1e3",
	"2026-01-31", "abc", "ABC", "Abc", "1.0", "\n  lead", "&#13;", "&#9;t", "ß", "Ω", "a-b", "a_b", "it's",
	"&quot;q&quot;", "100000000"}

// mutated changes the payload of an envelope in one to five places; it stays well-formed.
func mutated(r *rand.Rand, envelope []byte) []byte {
	m := bodyOf.FindSubmatchIndex(envelope)
	body := string(envelope[m[4]:m[5]])
	for range 1 + r.Intn(5) {
		body = mutatedBody(r, body)
	}
	return []byte(string(envelope[:m[4]]) + body + string(envelope[m[5]:]))
}

func mutatedBody(r *rand.Rand, body string) string {
	pick := func(e *regexp.Regexp) []int {
		all := e.FindAllStringSubmatchIndex(body, -1)
		if len(all) == 0 {
			return nil
		}
		return all[r.Intn(len(all))]
	}
	value := oracleValues[r.Intn(len(oracleValues))]
	insert := func(at int, text string) string { return body[:at] + text + body[at:] }
	kind := r.Intn(9)
	switch kind {
	case 0, 1, 2, 3:
		if m := pick(textOf); m != nil {
			if kind == 3 {
				return insert(m[2], []string{"<!-- c -->", "<?p d?>", "<![CDATA[<c>]]>", "\n "}[r.Intn(4)])
			}
			return body[:m[2]] + value + body[m[3]:]
		}
	case 4, 5:
		if m := pick(attributeOf); m != nil {
			return body[:m[2]] + value + body[m[3]:]
		}
	default:
		m := pick(leafOf)
		if m == nil || m[0] == 0 {
			return body
		}
		switch kind {
		case 6:
			return insert(m[1], body[m[0]:m[1]])
		case 7:
			return insert(m[5], ` zz="1" aa="`+value+`"`)
		}
		return insert(m[1], `<n1:new xmlns:n1="urn:n"><n1:k n1:a="x"/>t</n1:new>`)
	}
	return body
}
