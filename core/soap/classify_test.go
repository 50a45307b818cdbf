package soap_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// row is one HTTP answer and the verdict on it.
type row struct {
	status int
	media  string
	length int64 // -2: as long as the body
	body   string
	want   soap.Verdict
}

func (c row) check(t *testing.T, wanted soap.Wanted) {
	t.Helper()
	if c.length == -2 {
		c.length = int64(len(c.body))
	}
	a := soap.Answer{Status: c.status, ContentType: c.media, ContentLength: c.length, Body: []byte(c.body)}
	got := soap.Classify(wanted, a)
	require.Equal(t, got.Outcome != soap.Foreign && got.Outcome != soap.Incomplete, got.Came == "" ||
		got.Outcome == soap.Switch)
	if c.want.Came == "" {
		got.Came = ""
	}
	require.Equal(t, c.want, got)
}

const (
	xmlType, soap12Type, jsonType = "text/xml; charset=utf-8", "application/soap+xml", "application/json"
	mtomType                      = `multipart/related; type="application/xop+xml"; boundary="b-1"; start="<r>"`
)

var (
	answered, silent = soap.Verdict{Outcome: soap.Answered}, soap.Verdict{Outcome: soap.Answered, Silent: true}
	cacheable        = soap.Verdict{Outcome: soap.Answered, Cacheable: true}
	incomplete, down = soap.Verdict{Outcome: soap.Incomplete}, soap.Verdict{Outcome: soap.Switch}
	faulty           = soap.Verdict{Outcome: soap.Answered, Fault: true}
	switched         = soap.Verdict{Outcome: soap.Switch, SwitchCode: "SOA-01001", Fault: true}
	foreign          = soap.Verdict{Outcome: soap.Foreign}
	ok               = envelope11("<r/>")
	switchFault      = fault11("<detail><e><Code>SOA-01001</Code></e></detail>")
	businessFault    = fault11("<detail><e><Code>SOA-03004</Code></e></detail>")
	soap12Fault      = `<e:Envelope xmlns:e="` + ns12 + `"><e:Body><e:Fault/></e:Body></e:Envelope>`
	page             = "<!DOCTYPE html>\n<html><body><p>not here<br></body></html>"
)

func came(words string) soap.Verdict { return soap.Verdict{Outcome: soap.Foreign, Came: words} }

// parts is an answer with an attachment.
func parts(root string) string {
	return "--b-1\r\nContent-Type: application/xop+xml; charset=UTF-8\r\nContent-ID: <r>\r\n\r\n" + root +
		"\r\n--b-1\r\nContent-Type: application/octet-stream\r\n\r\n\x00\xff\r\n--b-1--\r\n"
}

// attached has its first part in the place of an attachment, and the root after it.
func attached(first, root string) string {
	return "--b-1\r\nContent-Type: text/xml\r\nContent-ID: <a>\r\n\r\n" + first +
		"\r\n--b-1\r\nContent-Type: text/xml\r\nContent-ID: <r>\r\n\r\n" + root + "\r\n--b-1--"
}

func encoded(encoding, root string) string {
	return strings.Replace(parts(root), "Content-ID: <r>", "Content-ID: <r>\r\nContent-Transfer-Encoding: "+encoding, 1)
}

func wrapped(root string) string { return base64.StdEncoding.EncodeToString([]byte(root)) }

// inUTF16 writes text in UTF-16, big-endian or little-endian.
func inUTF16(text string, big bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			b.WriteString(string([]byte{byte(u >> 8), byte(u)}))
		} else {
			b.WriteString(string([]byte{byte(u), byte(u >> 8)}))
		}
	}
	return b.String()
}

func TestClassifySOAP(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]row{
		"answer":                  {200, xmlType, -1, ok, cacheable},
		"answer with a BOM":       {200, xmlType, -1, "\ufeff" + ok, cacheable},
		"SOAP 1.2 media type":     {200, soap12Type, -1, ok, cacheable},
		"no media type":           {200, "", -1, "\n" + ok, cacheable},
		"upper-case media type":   {200, "Text/XML", -1, ok + "x", incomplete},
		"switch fault":            {500, xmlType, -1, switchFault, switched},
		"switch fault with 200":   {200, xmlType, -1, switchFault, switched},
		"switch fault with 503":   {503, xmlType, -1, switchFault, switched},
		"business fault":          {500, xmlType, -1, businessFault, faulty},
		"business fault with 200": {200, xmlType, -1, businessFault, faulty},
		"fault after a payload": {200, xmlType, -1, strings.Replace(businessFault, "Body>", "Body><Answer/>",
			1), faulty},
		"SOAP 1.2 fault with 200": {200, soap12Type, -1, soap12Fault, faulty},
		"answer with 500":         {500, xmlType, -1, ok, answered},
		"502":                     {502, "text/html", -1, "<html>", down},
		"503":                     {503, "", -1, "", down},
		"504":                     {504, xmlType, -1, ok, down},
		"501":                     {501, "text/plain", -1, "no", foreign},
		"cut XML":                 {200, xmlType, -1, ok[:len(ok)-1], incomplete},
		"cut XML with 500":        {500, xmlType, -1, ok[:len(ok)-1], incomplete},
		"cut in a character": {200, xmlType, -1,
			envelope11("<r>é")[:len(envelope11("<r>é"))-len("</s:Body></s:Envelope>")-1], incomplete},
		"cut switch fault":       {500, xmlType, -1, switchFault[:len(switchFault)-3], incomplete},
		"XML with more after it": {200, xmlType, -1, ok + ok, incomplete},
		"empty XML":              {200, xmlType, -1, "", silent},
		"empty XML, announced":   {200, xmlType, 0, "", silent},
		"accepted":               {202, xmlType, 0, "", silent},
		"no content":             {204, "", -1, "", silent},
		"unauthorised, empty":    {401, xmlType, 0, "", foreign},
		"other encoding": {200, xmlType, -1, "<?xml version='1.0' encoding='ISO-8859-1'?><r>\xe9</r>\n",
			foreign},
		"other encoding, cut": {200, xmlType, -1, "<?xml version='1.0' encoding='ISO-8859-1'?><r>\xe9",
			foreign},
		"other encoding, switch fault": {500, xmlType, -1, "<?xml version='1.0' encoding='ISO-8859-1'?>" +
			switchFault, switched},
		"ASCII, switch fault": {500, xmlType, -1, `<?xml version="1.0" encoding="us-ascii"?>` + switchFault,
			switched},
		"EBCDIC, it says": {500, xmlType, -1, `<?xml version="1.0" encoding="IBM037"?>` + switchFault,
			switched},
		"other encoding, in the header": {200, "text/xml; charset=iso-8859-1", -1, "<r>\xe9</r>", foreign},
		"the same, cut":                 {200, "text/xml; charset=iso-8859-1", -1, "<r>\xe9</", foreign},
		"UTF-8 in the header, not so":   {200, `text/xml; charset="UTF-8"`, -1, "<r>\xe9</r>", foreign},
		"Content-Type sent twice":       {500, "text/xml, text/xml", -1, switchFault, switched},
		"a name that begins as html":    {200, xmlType, -1, "<htmlReport/>", foreign},
		"HTML after a declaration": {200, xmlType, -1,
			"<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'/>", foreign},
		"UTF-8 declared, not so": {200, xmlType, -1, "<?xml version='1.0' encoding='utf-8'?><r>\xe9</r>",
			foreign},
		"UTF-16":                     {200, xmlType, -1, "\xff\xfe<\x00r\x00/\x00>\x00", foreign},
		"DOCTYPE":                    {200, xmlType, -1, "<!DOCTYPE r><r/>", foreign},
		"HTML in place of XML":       {200, "text/html; charset=utf-8", -1, "<html></html>", foreign},
		"HTML said to be XML":        {200, xmlType, -1, "<!DOCTYPE HTML><html></html>", foreign},
		"HTML without a media type":  {200, "", -1, "<html/>", foreign},
		"XHTML":                      {200, "application/xhtml+xml", -1, "<h/>", foreign},
		"HTML of a 404":              {404, "text/html", -1, "<html>", foreign},
		"JSON":                       {200, jsonType, -1, `{"a":1}`, foreign},
		"problem JSON":               {400, "application/problem+json", -1, `{}`, foreign},
		"cut JSON":                   {200, jsonType, -1, `{"a":1`, foreign},
		"JSON not UTF-8":             {200, jsonType, -1, "\"\xe9\"", foreign},
		"empty JSON":                 {200, jsonType, -1, ``, silent},
		"other, whole":               {200, "application/pdf", -2, "%PDF", foreign},
		"other, of unknown length":   {200, "application/pdf", -1, "%PDF", foreign},
		"other, cut":                 {200, "application/pdf", 5, "%PDF", incomplete},
		"other, decoded to more":     {200, "application/pdf", 3, "%PDF", foreign},
		"XML shorter than announced": {200, xmlType, 10_000, ok, incomplete},
		"MTOM":                       {200, mtomType, -1, parts(ok), cacheable},
		"MTOM with a preamble":       {200, mtomType, -1, "hello\r\n" + parts(ok), cacheable},
		"MTOM switch fault":          {500, mtomType, -1, parts(switchFault), switched},
		"MTOM fault":                 {200, mtomType, -1, parts(businessFault), faulty},
		"MTOM without its end":       {200, mtomType, -1, strings.TrimSuffix(parts(ok), "--\r\n"), incomplete},
		"MTOM with a cut root":       {200, mtomType, -1, parts(ok[:30]), incomplete},
		"MTOM without a boundary":    {200, "multipart/related", -1, parts(ok), cacheable},
		"MTOM, another boundary":     {200, "multipart/related; boundary=c", -1, parts(ok), cacheable},
		"multipart JSON": {200, "multipart/mixed; boundary=b", -1,
			"--b\nContent-Type: application/json\n\n{}\n--b--", foreign},
		"multipart of cut JSON": {200, "multipart/mixed; boundary=b", -1,
			"--b\nContent-Type: application/json\n\n{\n--b--", foreign},
		"multipart of something": {200, "multipart/mixed; boundary=b", -1, "--b\n\nx\n--b--", foreign},
		"base64 root part":       {200, mtomType, -1, encoded("base64", wrapped(ok)), cacheable},
		"base64 root part, in lines": {200, mtomType, -1,
			encoded("Base64 ", wrapped(ok)[:40]+"\r\n"+wrapped(ok)[40:]+"\r\n"), cacheable},
		"base64 root part, with blanks": {200, mtomType, -1,
			encoded("base64", " "+wrapped(ok)[:40]+" \t\r\n"+wrapped(ok)[40:]), cacheable},
		"base64 in a folded header": {200, mtomType, -1, encoded("\r\n\tbase64", wrapped(ok)), cacheable},
		"base64 after a blank": {200, mtomType, -1, strings.Replace(encoded("base64", wrapped(ok)),
			"Encoding:", "Encoding :", 1), cacheable},
		"base64 root part, cut":    {200, mtomType, -1, encoded("base64", wrapped(ok)[:41]), incomplete},
		"base64 of cut XML":        {200, mtomType, -1, encoded("base64", wrapped(ok[:40])), incomplete},
		"base64 of a fault":        {200, mtomType, -1, encoded("base64", wrapped(fault11(""))), faulty},
		"base64 of a switch fault": {500, mtomType, -1, encoded("base64", wrapped(switchFault)), switched},
		"quoted root part": {200, mtomType, -1,
			encoded("quoted-printable", strings.ReplaceAll(ok, "=", "=3D")), cacheable},
		"quoted root part, in lines": {200, mtomType, -1,
			encoded("quoted-printable", strings.ReplaceAll(ok, "=", "=\r\n=3D")), cacheable},
		"quoted, of cut XML": {200, mtomType, -1,
			encoded("quoted-printable", strings.ReplaceAll(ok[:40], "=", "=3D")), incomplete},
		"quoted root part, too long": {200, mtomType, -1,
			encoded("quoted-printable", strings.ReplaceAll(ok, "=", "=3D")+strings.Repeat(" ", 4<<20)), foreign},
		"root part in 8bit":            {200, mtomType, -1, encoded("8bit", ok), cacheable},
		"root part in what is unknown": {200, mtomType, -1, encoded("x-gzip", "?"), foreign},
		"root part of headers alone": {200, mtomType, -1, "--b-1\r\n" + strings.Repeat("a: b\r\n", 1000) + "\r\n" +
			ok + "\r\n--b-1--", foreign},
		"multipart that ends in headers": {200, "multipart/mixed; boundary=b", -1, "--b\nContent-Type: text/xml\n--b--",
			incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.check(t, soap.Envelope)
		})
	}
}

func TestClassifyOther(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]row{
		"answer":                  {200, xmlType, -1, ok, cacheable},
		"answer with a BOM":       {200, xmlType, -1, "\ufeff" + ok, cacheable},
		"no media type":           {200, "", -1, "\n" + ok, cacheable},
		"upper-case media type":   {200, "Text/XML", -1, ok + "x", incomplete},
		"business fault":          {500, xmlType, -1, businessFault, silent},
		"business fault with 200": {200, xmlType, -1, businessFault, answered},
		"fault after a payload": {200, xmlType, -1, strings.Replace(businessFault, "Body>", "Body><Answer/>",
			1), answered},
		"answer with 500":  {500, xmlType, -1, ok, silent},
		"502":              {502, "text/html", -1, "<html>", down},
		"503":              {503, "", -1, "", down},
		"504":              {504, xmlType, -1, ok, down},
		"501":              {501, "text/plain", -1, "no", silent},
		"cut XML":          {200, xmlType, -1, ok[:len(ok)-1], incomplete},
		"cut XML with 500": {500, xmlType, -1, ok[:len(ok)-1], incomplete},
		"cut in a character": {200, xmlType, -1,
			envelope11("<r>é")[:len(envelope11("<r>é"))-len("</s:Body></s:Envelope>")-1], incomplete},
		"XML with more after it": {200, xmlType, -1, ok + ok, incomplete},
		"empty XML":              {200, xmlType, -1, "", incomplete},
		"empty XML, announced":   {200, xmlType, 0, "", incomplete},
		"accepted":               {202, xmlType, 0, "", answered},
		"no content":             {204, "", -1, "", answered},
		"unauthorised, empty":    {401, xmlType, 0, "", answered},
		"other encoding": {200, xmlType, -1, "<?xml version='1.0' encoding='ISO-8859-1'?><r>\xe9</r>\n",
			cacheable},
		"other encoding, cut": {200, xmlType, -1, "<?xml version='1.0' encoding='ISO-8859-1'?><r>\xe9",
			incomplete},
		"other encoding, in the header": {200, "text/xml; charset=iso-8859-1", -1, "<r>\xe9</r>", cacheable},
		"the same, cut":                 {200, "text/xml; charset=iso-8859-1", -1, "<r>\xe9</", incomplete},
		"UTF-8 in the header, not so":   {200, `text/xml; charset="UTF-8"`, -1, "<r>\xe9</r>", incomplete},
		"Content-Type sent twice":       {500, "text/xml, text/xml", -1, switchFault, silent},
		"a name that begins as html":    {200, xmlType, -1, "<htmlReport/>", cacheable},
		"HTML after a declaration": {200, xmlType, -1,
			"<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'/>", foreign},
		"UTF-8 declared, not so": {200, xmlType, -1, "<?xml version='1.0' encoding='utf-8'?><r>\xe9</r>",
			incomplete},
		"UTF-16":                     {200, xmlType, -1, "\xff\xfe<\x00r\x00/\x00>\x00", cacheable},
		"DOCTYPE":                    {200, xmlType, -1, "<!DOCTYPE r><r/>", answered},
		"HTML in place of XML":       {200, "text/html; charset=utf-8", -1, "<html></html>", foreign},
		"HTML said to be XML":        {200, xmlType, -1, "<!DOCTYPE HTML><html></html>", foreign},
		"HTML without a media type":  {200, "", -1, "<html/>", foreign},
		"XHTML":                      {200, "application/xhtml+xml", -1, "<h/>", foreign},
		"HTML of a 404":              {404, "text/html", -1, "<html>", foreign},
		"JSON":                       {200, jsonType, -1, `{"a":1}`, cacheable},
		"problem JSON":               {400, "application/problem+json", -1, `{}`, answered},
		"cut JSON":                   {200, jsonType, -1, `{"a":1`, incomplete},
		"JSON not UTF-8":             {200, jsonType, -1, "\"\xe9\"", incomplete},
		"empty JSON":                 {200, jsonType, -1, ``, incomplete},
		"other, whole":               {200, "application/pdf", -2, "%PDF", cacheable},
		"other, of unknown length":   {200, "application/pdf", -1, "%PDF", answered},
		"other, cut":                 {200, "application/pdf", 5, "%PDF", incomplete},
		"other, decoded to more":     {200, "application/pdf", 3, "%PDF", answered},
		"XML shorter than announced": {200, xmlType, 10_000, ok, incomplete},
		"multipart JSON": {200, "multipart/mixed; boundary=b", -1,
			"--b\nContent-Type: application/json\n\n{}\n--b--", cacheable},
		"multipart of cut JSON": {200, "multipart/mixed; boundary=b", -1,
			"--b\nContent-Type: application/json\n\n{\n--b--", incomplete},
		"multipart of something":       {200, "multipart/mixed; boundary=b", -1, "--b\n\nx\n--b--", cacheable},
		"root part in 8bit":            {200, mtomType, -1, encoded("8bit", ok), cacheable},
		"root part in what is unknown": {200, mtomType, -1, encoded("x-gzip", "?"), answered},
		"root part of headers alone": {200, mtomType, -1, "--b-1\r\n" + strings.Repeat("a: b\r\n", 1000) + "\r\n" +
			ok + "\r\n--b-1--", answered},
		"multipart that ends in headers": {200, "multipart/mixed; boundary=b", -1, "--b\nContent-Type: text/xml\n--b--",
			incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.check(t, soap.Any)
		})
	}
}

// The kinds of bad input: the outcome is the one that the bytes prove, whatever the headers say.
func TestClassifyBytes(t *testing.T) {
	t.Parallel()
	const latin = "<?xml version='1.0' encoding='ISO-8859-1'?>"
	accent := envelope11("<r>\xe9</r>")
	manyDetails := fault11("<detail>" + strings.Repeat("<e><Code>X</Code></e>", 1000) +
		"<e><Code>SOA-01001</Code></e></detail>")
	huge := "<s:Envelope xmlns:s='" + ns11 + "'><s:Body><r>" + strings.Repeat("x", 17<<20) +
		"</r></s:Body></s:Envelope>"
	for name, c := range map[string]row{
		"two Envelopes":                 {200, xmlType, -1, ok + ok, incomplete},
		"truncated in the Body":         {200, xmlType, -1, ok[:len(ok)-20], incomplete},
		"truncated in the start tag":    {200, xmlType, -1, ok[:20], incomplete},
		"truncated in the declaration":  {200, xmlType, -1, "<?xml vers", incomplete},
		"truncated, said to be a page":  {404, "text/html", -1, ok[:len(ok)-3], incomplete},
		"an Envelope said to be a page": {200, "text/html", -1, ok, cacheable},
		"an Envelope said to be JSON":   {200, jsonType, -1, ok, cacheable},
		"a page said to be JSON":        {200, jsonType, -1, page, came("an HTML page")},
		"a page said to be XML":         {200, xmlType, -1, page, came("an HTML page")},
		"a piece of a page": {404, xmlType, -1, "<h1>Not found</h1><hr>nginx",
			came("XML that is no SOAP Envelope")},
		"a piece of a page that says so": {404, "text/html", -1, "<center", came("an HTML page")},
		"JSON":                           {200, jsonType, -1, `{"a":1}`, came("JSON")},
		"text": {500, "text/plain", -1, "Internal error",
			came("something that is not XML")},
		"blanks":           {200, xmlType, -1, " \n", came("something that is not XML")},
		"nothing":          {404, "", -1, "", came("nothing")},
		"not modified":     {304, "", -1, "", came("nothing")},
		"nothing with 205": {205, "", -1, "", came("nothing")},
		"one-way":          {200, "", -1, "", silent},
		"maintenance":      {200, xmlType, -1, "<maintenance/>", came("XML that is no SOAP Envelope")},
		"no Body": {200, xmlType, -1, `<s:Envelope xmlns:s="` + ns11 + `"/>`,
			came("a SOAP Envelope without a Body")},
		"empty Body":                    {200, xmlType, -1, envelope11(""), answered},
		"Envelope of another namespace": {200, xmlType, -1, `<Envelope xmlns="urn:x"><Body/></Envelope>`, foreign},
		"a DOCTYPE":                     {200, xmlType, -1, "<!DOCTYPE s><s/>", came("a document with a DOCTYPE")},
		"a DOCTYPE before an Envelope": {200, xmlType, -1, "<?xml version='1.0'?><!DOCTYPE x>" + ok,
			came("a document with a DOCTYPE")},
		"a gateway's page":      {502, "text/html", -1, page, down},
		"a gateway's nothing":   {504, "", -1, "", down},
		"a provider's page":     {520, "text/html", -1, page, foreign},
		"a provider's Envelope": {530, xmlType, -1, ok, answered},
		"an Envelope with 201":  {201, xmlType, -1, ok, answered},
		"an Envelope with 404":  {404, xmlType, -1, ok, answered},
		"an Envelope with 503":  {503, xmlType, -1, ok, down},
		"a fault without a code with 503": {503, xmlType, -1, businessFault,
			soap.Verdict{Outcome: soap.Switch, Fault: true}},
		"a switch fault with 403":          {403, xmlType, -1, switchFault, switched},
		"a fault with 1,000 details":       {500, xmlType, -1, manyDetails, switched},
		"Latin-1":                          {200, "text/xml", -1, latin + accent, cacheable},
		"Latin-1 in the header":            {200, "text/xml; charset=iso-8859-1", -1, accent, cacheable},
		"Latin-1 over UTF-8 in the header": {200, xmlType, -1, latin + accent, cacheable},
		"Latin-9":                          {200, `text/xml; charset="ISO-8859-15"`, -1, accent, cacheable},
		"windows-1252 in a name": {200, "text/xml; charset=windows-1252", -1, envelope11("<\x8a/>"),
			cacheable},
		"Latin-9 in a name":            {200, "text/xml; charset=latin-9", -1, envelope11("<\xa6/>"), cacheable},
		"Latin-1, cut":                 {200, "text/xml", -1, latin + accent[:len(accent)-2], incomplete},
		"Latin-1 that nobody declares": {200, xmlType, -1, accent, incomplete},
		"an encoding that nobody knows": {200, xmlType, -1, "<?xml version='1.0' encoding='x-own'?>" + ok,
			cacheable},
		"XML 1.1": {200, xmlType, -1, "<?xml version='1.1'?>" + ok, cacheable},
		"XML 1.1 in Latin-1": {200, xmlType, -1, "<?xml version='1.1' encoding='ISO-8859-1'?>" + accent,
			cacheable},
		"XML 1.1, switch fault":       {500, xmlType, -1, "<?xml version='1.1'?>" + switchFault, switched},
		"UTF-16":                      {200, "text/xml", -1, "\xff\xfe" + inUTF16(ok, false), cacheable},
		"UTF-16, big-endian, no mark": {200, "text/xml", -1, inUTF16(ok, true), cacheable},
		"UTF-16, declared": {500, "text/xml", -1,
			inUTF16("\ufeff<?xml version='1.0' encoding='UTF-16'?>"+switchFault, true), switched},
		"UTF-16, cut in a character": {200, "text/xml", -1, inUTF16(ok, false)[:101], incomplete},
		"UTF-16 page": {200, "text/xml", -1, inUTF16(page, false),
			came("a document with a DOCTYPE")},
		"an attachment before the root": {200, mtomType, -1, attached("<a/>", ok), cacheable},
		"an Envelope that is not the root": {200, mtomType, -1, attached(ok, "<a/>"),
			came("XML that is no SOAP Envelope")},
		"an Envelope in an attachment":    {200, mtomType, -1, parts("not here") + ok, foreign},
		"a switch fault that is attached": {500, mtomType, -1, attached(switchFault, ok), answered},
		"a root that is named, not there": {200, strings.Replace(mtomType, "<r>", "<x>", 1), -1, parts(ok),
			came("a multipart answer without its root part")},
		"parts said to be XML":             {200, xmlType, -1, parts(ok), cacheable},
		"parts of no media type":           {200, "", -1, "\r\n" + parts(ok), cacheable},
		"a bare Envelope said to be parts": {200, mtomType, -1, ok, cacheable},
		"a boundary within a boundary": {200, "multipart/related; boundary=b", -1,
			"--b\nContent-Type: text/xml\n\n" + envelope11("<r>\n--bc\n</r>") + "\n--b--", cacheable},
		"larger than the parser takes": {200, xmlType, -1, huge, answered},
		"the same, cut":                {200, xmlType, -1, huge[:len(huge)-4], incomplete},
		"a large page":                 {200, xmlType, -1, page + strings.Repeat("<p>x", 8<<20), came("an HTML page")},
		"a large comment":              {200, xmlType, -1, "<!--" + strings.Repeat("x", 1<<20) + "-->" + ok, foreign},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.check(t, soap.Envelope)
		})
	}
}

func TestClassifyRedirected(t *testing.T) {
	t.Parallel()
	a := soap.Answer{Status: 200, ContentType: xmlType, ContentLength: -1, Body: []byte(ok)}
	require.Equal(t, cacheable, soap.Classify(soap.Envelope, a))
	a.Redirected = true
	require.Equal(t, answered, soap.Classify(soap.Envelope, a),
		"of another address than the catalogue's: it answers, and is not kept")
}

func TestClassifyGateways(t *testing.T) {
	t.Parallel()
	for status := 200; status < 600; status++ {
		for _, wanted := range []soap.Wanted{soap.Envelope, soap.Any} {
			want := soap.Foreign
			if status >= 502 && status <= 504 || wanted == soap.Any && status >= 520 && status <= 530 {
				want = soap.Switch
			}
			a := soap.Answer{Status: status, ContentType: "text/html", ContentLength: -1, Body: []byte(page)}
			require.Equal(t, want, soap.Classify(wanted, a).Outcome, "a page with %d to %q", status, wanted)
		}
		json := soap.Answer{Status: status, ContentType: jsonType, ContentLength: -1, Body: []byte("{}")}
		got := soap.Classify(soap.Any, json)
		require.Equal(t, status >= 500, got.Silent || got.Outcome == soap.Switch, "JSON with %d", status)
		require.Equal(t, status == 200, got.Cacheable, "JSON with %d", status)
	}
	asked := soap.Answer{Status: 200, ContentType: "text/html", ContentLength: int64(len(page)), Body: []byte(page)}
	require.Equal(t, cacheable, soap.Classify(soap.Page, asked))
}

func TestWantedBy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		contentType, accept, body string
		want                      soap.Wanted
	}{
		"text/xml":               {"text/xml; charset=utf-8", "", "<r/>", soap.Envelope},
		"SOAP 1.2":               {"Application/SOAP+XML", "", "", soap.Envelope},
		"MTOM":                   {"multipart/related; boundary=b", "", "--b", soap.Envelope},
		"an Envelope as text":    {"text/plain;charset=UTF-8", "", ok, soap.Envelope},
		"an Envelope as XML":     {"application/xml", "", "<?xml version='1.0'?>\n<!-- c -->" + ok, soap.Envelope},
		"an Envelope of no type": {"", "text/html", ok[:90], soap.Envelope},
		"an Envelope in UTF-16":  {"", "", inUTF16(ok, false), soap.Envelope},
		"an Envelope in Latin-1": {"", "", "<?xml version='1.0' encoding='ISO-8859-1'?><!--\xe9-->" + ok,
			soap.Envelope},
		"XML":                        {"application/xml", "", "<r/>", soap.Any},
		"JSON":                       {"application/json", "application/json", "{}", soap.Any},
		"nothing":                    {"", "*/*", "", soap.Any},
		"a page":                     {"", "text/html,application/xhtml+xml;q=0.9", "", soap.Page},
		"an Envelope that is spoken": {"application/json", "", `{"a":"<s:Envelope"}`, soap.Any},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, soap.WantedBy(c.contentType, c.accept, []byte(c.body)))
		})
	}
}
