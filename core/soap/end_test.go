package soap_test

import (
	"encoding/base64"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

const (
	saml11 = "urn:oasis:names:tc:SAML:1.0:assertion"
	saml20 = "urn:oasis:names:tc:SAML:2.0:assertion"
)

func conditions(namespace, attributes string) string {
	return `<a:Assertion xmlns:a="` + namespace + `"><a:Conditions NotBefore="2026-01-01T08:00:00Z" ` + attributes +
		`/></a:Assertion>`
}

func enveloped(payload string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><t:Answer xmlns:t="urn:t">` +
		payload + `</t:Answer></s:Body></s:Envelope>`
}

func utf16Text(text string) string {
	octets := []byte("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(text)) {
		octets = append(octets, byte(unit), byte(unit>>8))
	}
	return string(octets)
}

// TestEndOf: the earliest end that an assertion names, whatever it is wrapped in.
func TestEndOf(t *testing.T) {
	const nine, ten = `NotOnOrAfter="2026-01-01T09:00:00Z"`, `NotOnOrAfter="2026-01-01T10:00:00Z"`
	at9 := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	part := "--b\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64.StdEncoding.EncodeToString([]byte(enveloped(conditions(saml11, nine)))) + "\r\n--b--\r\n"
	for name, row := range map[string]struct {
		message, contentType string
		want                 time.Time
	}{
		"SAML 1.1":                     {enveloped(conditions(saml11, nine)), "text/xml", at9},
		"SAML 2.0":                     {enveloped(conditions(saml20, nine)), "text/xml", at9},
		"an assertion alone":           {conditions(saml11, nine), "", at9},
		"the earliest of several":      {enveloped(conditions(saml11, ten) + conditions(saml20, nine)), "", at9},
		"with an offset":               {conditions(saml11, `NotOnOrAfter="2026-01-01T10:00:00+01:00"`), "", at9},
		"without a zone":               {conditions(saml11, `NotOnOrAfter="2026-01-01T09:00:00"`), "", at9},
		"with a fraction":              {conditions(saml11, `NotOnOrAfter="2026-01-01T09:00:00.000Z"`), "", at9},
		"in UTF-16":                    {utf16Text(enveloped(conditions(saml11, nine))), "text/xml", at9},
		"the root of several parts":    {part, `multipart/related; boundary=b`, at9},
		"a moment of no calendar":      {conditions(saml11, `NotOnOrAfter="2026-02-30T09:00:00Z"`), "", soap.Ended},
		"an empty moment":              {conditions(saml11, `NotOnOrAfter=""`), "", soap.Ended},
		"a year past any":              {conditions(saml11, `NotOnOrAfter="12026-01-01T09:00:00Z"`), "", soap.Ended},
		"before 1970":                  {conditions(saml11, `NotOnOrAfter="1950-01-01T09:00:00Z"`), "", soap.Ended},
		"no end":                       {enveloped(conditions(saml11, ``)), "", time.Time{}},
		"an end elsewhere":             {enveloped(`<x NotOnOrAfter="2026-01-01T09:00:00Z"/>`), "", time.Time{}},
		"Conditions of no assertion":   {enveloped(conditions("urn:other", nine)), "", time.Time{}},
		"an attribute with a prefix":   {conditions(saml11, `a:`+nine), "", time.Time{}},
		"only in text":                 {enveloped(`NotOnOrAfter="2026-01-01T09:00:00Z"`), "", time.Time{}},
		"in a comment":                 {enveloped(`<!--` + conditions(saml11, nine) + `-->`), "", time.Time{}},
		"cut":                          {enveloped(conditions(saml11, nine))[:250], "", time.Time{}},
		"with a DOCTYPE":               {`<!DOCTYPE x>` + conditions(saml11, nine), "", time.Time{}},
		"JSON":                         {`{"NotOnOrAfter":"2026-01-01T09:00:00Z"}`, "application/json", time.Time{}},
		"nothing":                      {"", "", time.Time{}},
		"an octet that is no encoding": {"\xff", "text/xml", time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, row.want, soap.EndOf(row.contentType, []byte(row.message)))
		})
	}
	unreadable := enveloped(conditions(saml11, nine) + conditions(saml11, `NotOnOrAfter="soon"`))
	require.Equal(t, soap.Ended, soap.EndOf("", []byte(unreadable)), "nobody knows the earliest")
}

// TestClassifyTellsTheEnd: only of what can be kept.
func TestClassifyTellsTheEnd(t *testing.T) {
	body := []byte(enveloped(conditions(saml11, `NotOnOrAfter="2026-01-01T09:00:00Z"`)))
	kept := soap.Classify(soap.Envelope, soap.Answer{Status: 200, ContentLength: -1, Body: body})
	require.True(t, kept.Cacheable)
	require.Equal(t, "2026-01-01T09:00:00Z", kept.Ends.Format(time.RFC3339))
	refused := soap.Classify(soap.Envelope, soap.Answer{Status: 403, ContentLength: -1, Body: body})
	require.False(t, refused.Cacheable)
	require.Zero(t, refused.Ends)
}

func TestClassifyTellsTheEndOfWhateverCame(t *testing.T) {
	token := conditions(saml11, `NotOnOrAfter="2026-01-01T09:00:00Z"`)
	partOf := func(media string) string {
		return "--b\r\nContent-Type: " + media + "\r\n\r\n" + token + "\r\n--b--\r\n"
	}
	for name, row := range map[string]struct{ contentType, body string }{
		"XML":                     {"text/xml", token},
		"XML of no media type":    {"", token},
		"XML that is said a file": {"application/octet-stream", token},
		"a part of XML":           {"multipart/related; boundary=b", partOf("text/xml")},
		"a part said a file":      {"multipart/related; boundary=b", partOf("application/octet-stream")},
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte(row.body)
			v := soap.Classify(soap.Any, soap.Answer{
				Status: 200, ContentType: row.contentType, ContentLength: int64(len(body)), Body: body,
			})
			require.True(t, v.Cacheable)
			require.Equal(t, "2026-01-01T09:00:00Z", v.Ends.Format(time.RFC3339))
		})
	}
}
