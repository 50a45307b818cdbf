package cachekey_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/cachekey"
)

// TestKeyIsOfTheMessageNotOfItsWriting: one message written in many ways has one key; another message has another.
func TestKeyIsOfTheMessageNotOfItsWriting(t *testing.T) {
	s, err := cachekey.Compile(readFile(t, "testdata", "canonical.xslt"))
	require.NoError(t, err)
	keys := map[string]int{}
	for message := range 60 {
		var want string
		for writing := range 8 {
			w := writer{content: rand.New(rand.NewSource(int64(message))),
				form: rand.New(rand.NewSource(int64(writing)))}
			envelope := w.envelope(message)
			made, err := s.Key([]byte(envelope))
			require.NoError(t, err, envelope)
			require.False(t, made.Constant, envelope)
			key := made.Text
			if writing == 0 {
				want = key
			}
			require.Equal(t, want, key, envelope)
		}
		other, seen := keys[want]
		require.False(t, seen, "messages %d and %d have one key", other, message)
		keys[want] = message
	}
}

// writer writes a random message: content decides what it says, form how it is written.
type writer struct {
	content, form *rand.Rand
	out           strings.Builder
}

var writerSpaces = []string{"urn:one", "urn:two", "urn:three"}

func (w *writer) envelope(number int) string {
	soap := []string{"http://schemas.xmlsoap.org/soap/envelope/",
		"http://www.w3.org/2003/05/soap-envelope"}[w.form.Intn(2)]
	prefix := []string{"s", "soapenv", "env"}[w.form.Intn(3)]
	prefixes := map[string]string{}
	fmt.Fprintf(&w.out, "<%s:Envelope xmlns:%s=%q", prefix, prefix, soap)
	if w.form.Intn(2) == 0 { // declared far from where it is used
		prefixes["urn:one"] = "far"
		w.out.WriteString(` xmlns:far="urn:one"`)
	}
	w.out.WriteString(">")
	if w.form.Intn(2) == 0 {
		fmt.Fprintf(&w.out, "<%s:Header><x/></%s:Header>\n", prefix, prefix)
	}
	fmt.Fprintf(&w.out, "<%s:Body>", prefix)
	w.space()
	w.element(3, prefixes, fmt.Sprint("message ", number))
	w.space()
	fmt.Fprintf(&w.out, "</%s:Body></%s:Envelope>", prefix, prefix)
	return w.out.String()
}

// space writes what the stylesheet strips.
func (w *writer) space() { w.out.WriteString([]string{"", " ", "\n\t", "<!-- c -->"}[w.form.Intn(4)]) }

// element writes one element; prefixes holds those in scope, by namespace.
func (w *writer) element(depth int, prefixes map[string]string, text string) {
	space := writerSpaces[w.content.Intn(len(writerSpaces))]
	local := string(rune('a' + w.content.Intn(5)))
	scope := map[string]string{}
	for s, p := range prefixes {
		scope[s] = p
	}
	var declarations []string
	if _, ok := scope[space]; !ok || w.form.Intn(3) == 0 {
		scope[space] = fmt.Sprintf("p%d", w.form.Intn(1000))
		for s, p := range scope {
			if s != space && p == scope[space] {
				scope[space] += "x"
			}
		}
		declarations = append(declarations, fmt.Sprintf("xmlns:%s='%s'", scope[space], space))
	}
	attributes := declarations
	for i := range w.content.Intn(4) {
		value := w.value()
		name := fmt.Sprintf("n%d", i)
		if w.content.Intn(2) == 0 {
			name = scope[space] + ":" + name
		}
		attributes = append(attributes, fmt.Sprintf("%s=\"%s\"", name, value))
	}
	w.form.Shuffle(len(attributes), func(i, j int) { attributes[i], attributes[j] = attributes[j], attributes[i] })
	name := scope[space] + ":" + local
	w.out.WriteString("<" + strings.Join(slices.Insert(attributes, 0, name), " ") + ">")
	if depth == 0 {
		w.text(text + w.value())
	} else {
		for range 1 + w.content.Intn(3) {
			w.space()
			w.element(depth-1, scope, text)
			w.space()
		}
	}
	w.out.WriteString("</" + name + ">")
}

func (w *writer) value() string {
	return []string{"85020300169", "é", "&amp;", "x y", "10", "&lt;a&gt;", "😀"}[w.content.Intn(7)]
}

// text writes character data: as it is, with a reference, split by a CDATA section or a comment.
func (w *writer) text(s string) {
	switch w.form.Intn(4) {
	case 0:
		w.out.WriteString(s)
	case 1:
		w.out.WriteString("&#" + fmt.Sprint(int(s[0])) + ";" + s[1:])
	case 2:
		w.out.WriteString("<![CDATA[" + s[:3] + "]]>" + s[3:])
	default:
		w.out.WriteString(s[:2] + "<!-- - -->" + s[2:])
	}
}
