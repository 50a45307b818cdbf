package servicelist

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// plainURL is a URL that any client reads the same way, split into its parts.
type plainURL struct {
	text               string
	scheme, host, port string // in lower case
	rest               string // path and query
}

// maxURL bounds the length of a URL in octets. The longest in a genuine list has 96.
const maxURL = 2000

// parseURL reads text as a plain URL: `https://`, a host name, perhaps a port, a path and a query.
//
// It takes less than RFC 3986 allows, so that no two readers can differ about where a request goes: ASCII only; no user
// name; no fragment; no IP address, in any of the forms that browsers take for one; no trailing dot; no punycode,
// behind which a reader of the log cannot see a look-alike; no dot segments, which browsers resolve. `http://` is taken
// for loopback hosts only, where drills listen.
// Source: RFC 3986 §3; WHATWG URL, host parsing.
func parseURL(text string) (plainURL, error) {
	u := plainURL{text: text}
	if len(text) > maxURL {
		return u, errors.New("expected at most 2,000 octets")
	}
	scheme, after, found := strings.Cut(text, "://")
	u.scheme = strings.ToLower(scheme)
	if !found || u.scheme != "https" && u.scheme != "http" {
		return u, errors.New("expected https://")
	}
	end := 0
	for end < len(after) && after[end] != '/' && after[end] != '?' {
		end++
	}
	u.rest = after[end:]
	if err := u.readAuthority(after[:end]); err != nil {
		return u, err
	}
	return u, checkPath(u.rest)
}

func (u *plainURL) readAuthority(authority string) error {
	if strings.ContainsFunc(authority, func(r rune) bool { return r >= utf8.RuneSelf }) {
		// ToLower makes k and i of U+212A and U+0130; a browser makes another host of the second.
		return errors.New("expected a host name in ASCII")
	}
	u.host = strings.ToLower(authority)
	if colon := strings.LastIndexByte(authority, ':'); colon > strings.LastIndexByte(authority, ']') {
		u.host, u.port = u.host[:colon], u.host[colon+1:]
		if !isPort(u.port) {
			return errors.New("expected a port from 1 to 65535")
		}
	}
	if u.scheme == "http" {
		if !isLoopback(u.host) {
			return errors.New("expected https://, http:// is for loopback hosts only")
		}
		return nil
	}
	if u.host == "localhost" { // so that a drill can rehearse a TLS that fails
		return nil
	}
	return checkHost(u.host)
}

func isPort(s string) bool {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		n = min(n*10+int(s[i]-'0'), 65536)
	}
	return s != "" && s[0] != '0' && n <= 65535
}

// isLoopback says whether host is this machine: by name, or by an address in its usual form.
func isLoopback(host string) bool {
	if host == "localhost" || host == "[::1]" {
		return true
	}
	numbers := strings.Split(host, ".")
	if len(numbers) != 4 || numbers[0] != "127" {
		return false
	}
	for _, n := range numbers[1:] {
		if n != "0" && (!isPort(n) || len(n) > 3 || len(n) == 3 && n > "255") {
			return false
		}
	}
	return true
}

// checkHost checks a host name in lower case. Source: RFC 1123 §2.1, RFC 1035 §2.3.4.
func checkHost(host string) error {
	if len(host) > 253 {
		return errors.New("expected a host name of at most 253 octets")
	}
	start := 0 // of the label
	for i := 0; i < len(host); i++ {
		if host[i] == '.' {
			if err := checkLabel(host[start:i]); err != nil {
				return err
			}
			start = i + 1
		}
	}
	if start == 0 {
		return errors.New("expected a host name of two or more labels")
	}
	if err := checkLabel(host[start:]); err != nil {
		return err
	}
	// A last label of digits, or 0x and digits, makes browsers read the whole as an IPv4 address.
	if host[start] >= '0' && host[start] <= '9' {
		return errors.New("expected a host name, got what may be an IP address")
	}
	return nil
}

func checkLabel(label string) error {
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return errors.New("expected labels of 1 to 63 letters, digits and inner hyphens in the host name")
	}
	for i := 0; i < len(label); i++ {
		if c := label[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
			return errors.New("expected only letters, digits and hyphens in the labels of the host name")
		}
	}
	if strings.HasPrefix(label, "xn--") {
		return errors.New("expected a host name without punycode")
	}
	return nil
}

// Classes of octets in path and query. Zero is for what may not stand there unescaped.
const (
	plainOctet   = 1
	specialOctet = 2 // plain too, or the beginning of the percent form, but to be looked at
)

// pathClass holds the class of each octet: unreserved characters, sub-delimiters, and what else pchar, path and query
// have. Source: RFC 3986 §2.2, §2.3, §3.3, §3.4.
var pathClass = func() (table [256]uint8) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@") {
		table[c] = plainOctet
	}
	table['/'], table['?'], table['%'] = specialOctet, specialOctet, specialOctet
	return table
}()

// checkPath checks path and query, which are "" or begin with / or ?: only characters that may stand there, octets in
// percent form that are no control characters, no segment that is "." or "..", however written.
// Source: RFC 3986 §3.3, §3.4; WHATWG URL, path state.
func checkPath(rest string) error {
	inPath := true
	for i := 0; i < len(rest); i++ {
		class := pathClass[rest[i]]
		if class == plainOctet {
			continue
		}
		switch {
		case class == 0:
			return errors.New("expected only characters that a URL may hold unescaped")
		case rest[i] == '?':
			inPath = false
		case rest[i] == '/':
			if inPath && beginsWithDots(rest[i+1:]) {
				return errors.New("expected a path without dot segments")
			}
		case i+2 >= len(rest) || !isHex(rest[i+1]) || !isHex(rest[i+2]):
			return errors.New("expected two hexadecimal digits after %")
		case rest[i+1] < '2' || rest[i+1] == '7' && rest[i+2]|0x20 == 'f':
			return errors.New("expected no control character in percent form")
		}
	}
	return nil
}

// beginsWithDots says whether the first segment of s is "." or "..", with dots in either form.
func beginsWithDots(s string) bool {
	dots := 0
	for s != "" && s[0] != '/' && s[0] != '?' {
		if after, plain := strings.CutPrefix(s, "."); plain {
			s = after
		} else if len(s) > 2 && s[0] == '%' && s[1] == '2' && s[2]|0x20 == 'e' {
			s = s[3:]
		} else {
			return false
		}
		if dots++; dots > 2 {
			return false
		}
	}
	return dots > 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// key returns the form under which a URL is found: scheme and host in lower case, no default port, a path, and the
// apostrophes of the query as %27, which is how a browser sends them. Source: WHATWG URL, special-query percent-encode
// set.
func (u plainURL) key() string {
	if path, query, found := strings.Cut(u.rest, "?"); found && strings.Contains(query, "'") {
		u.rest = path + "?" + strings.ReplaceAll(query, "'", "%27")
		u.text = "" // no longer the key
	}
	port := u.port
	if u.scheme == "https" && port == "443" || u.scheme == "http" && port == "80" {
		port = ""
	}
	if port == u.port && strings.HasPrefix(u.rest, "/") && strings.HasPrefix(u.text, u.scheme+"://"+u.host) {
		return u.text
	}
	var b strings.Builder
	b.WriteString(u.scheme)
	b.WriteString("://")
	b.WriteString(u.host)
	if port != "" {
		b.WriteByte(':')
		b.WriteString(port)
	}
	if !strings.HasPrefix(u.rest, "/") {
		b.WriteByte('/')
	}
	b.WriteString(u.rest)
	return b.String()
}
