package dsig

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"slices"
	"strings"
)

// namesIssuer says whether text, an X509IssuerName, is the name of cert's issuer.
//
// The text form of a name is no canonical thing: writers differ in keywords, order, spacing and escapes. So the
// attributes are compared one by one: in RFC 2253 order or the reverse, by keyword or by number, strings without
// regard to case and outer or repeated white space.
// Source: XMLDSig 1.1 §4.5.4.1, RFC 2253, RFC 4514.
func namesIssuer(text string, cert *x509.Certificate) bool {
	want := make([]attribute, len(cert.Issuer.Names))
	for i, a := range cert.Issuer.Names {
		value, _ := a.Value.(string)
		want[i] = attribute{a.Type.String(), value}
	}
	got := parseName(text)
	if slices.EqualFunc(got, want, attribute.same) {
		return true
	}
	slices.Reverse(got)
	return slices.EqualFunc(got, want, attribute.same)
}

// attribute is one type and value of a name, the type in dotted form.
type attribute struct{ typ, value string }

func (a attribute) same(b attribute) bool {
	return a.typ == b.typ && foldText(a.value) == foldText(b.value)
}

// typeNamed returns the number of a type that is given by a keyword of those who write names; another text as it is.
// Source: RFC 4514 §3, and the keywords of java.security and OpenSSL.
func typeNamed(keyword string) string {
	switch keyword {
	case "CN":
		return "2.5.4.3"
	case "SURNAME", "SN":
		return "2.5.4.4"
	case "SERIALNUMBER":
		return "2.5.4.5"
	case "C":
		return "2.5.4.6"
	case "L":
		return "2.5.4.7"
	case "ST", "S":
		return "2.5.4.8"
	case "STREET":
		return "2.5.4.9"
	case "O":
		return "2.5.4.10"
	case "OU":
		return "2.5.4.11"
	case "T", "TITLE":
		return "2.5.4.12"
	case "GN", "GIVENNAME":
		return "2.5.4.42"
	case "ORGANIZATIONIDENTIFIER", "ORGID":
		return "2.5.4.97"
	case "DC":
		return "0.9.2342.19200300.100.1.25"
	case "UID":
		return "0.9.2342.19200300.100.1.1"
	case "E", "EMAIL", "EMAILADDRESS":
		return "1.2.840.113549.1.9.1"
	}
	return keyword
}

// parseName splits the text form of a name into its attributes, in the order written. Of malformed text it returns nil,
// which is nobody's name.
func parseName(text string) []attribute {
	var list []attribute
	for rest := text; strings.TrimSpace(rest) != ""; {
		typ, after, _ := strings.Cut(rest, "=")
		typ = strings.ToUpper(strings.TrimSpace(typ))
		typ = typeNamed(strings.TrimPrefix(typ, "OID."))
		value, next, ok := parseValue(strings.TrimLeft(after, " \t\r\n"))
		if !ok {
			return nil
		}
		list = append(list, attribute{typ, value})
		rest = next
	}
	return list
}

// parseValue reads an attribute value and what parts it from the next attribute.
func parseValue(s string) (value, rest string, ok bool) {
	if strings.HasPrefix(s, "#") {
		return parseHexValue(s[1:])
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			if i+1 == len(s) {
				return "", "", false
			}
			if i+2 < len(s) {
				if octet, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
					b.WriteByte(octet[0])
					i += 2
					continue
				}
			}
			i++
			b.WriteByte(s[i])
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ';' || c == '+'):
			return b.String(), s[i+1:], true
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", !quoted
}

// parseHexValue reads a value in DER, written in hexadecimal digits, that holds a string.
func parseHexValue(s string) (value, rest string, ok bool) {
	end := strings.IndexAny(s, ",;+")
	if end < 0 {
		end = len(s)
	} else {
		rest = s[end+1:]
	}
	der, err := hex.DecodeString(strings.TrimSpace(s[:end]))
	if err != nil {
		return "", "", false
	}
	var any any
	if extra, err := asn1.Unmarshal(der, &any); err != nil || len(extra) > 0 {
		return "", "", false
	}
	value, ok = any.(string)
	return value, rest, ok
}
