package xslt

import (
	"strconv"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// prefixMap knows which prefixes are bound in the result at the open element.
type prefixMap struct {
	bound []binding
	fault *fault
}

type binding struct {
	prefix, space string
	depth         int
}

func (m *prefixMap) lookup(prefix string) (space string, ok bool) {
	m.fault.spend(len(m.bound) / namesPerStep)
	for i := len(m.bound) - 1; i >= 0; i-- {
		if m.bound[i].prefix == prefix {
			return m.bound[i].space, true
		}
	}
	if prefix == "xml" {
		return xmldoc.XMLNamespace, true
	}
	return "", prefix == ""
}

// push binds a prefix at that depth and says whether this changes anything. Prefixes that begin with xml are never
// declared, as in the JDK.
func (m *prefixMap) push(prefix, space string, depth int) bool {
	if strings.HasPrefix(prefix, "xml") {
		return false
	}
	if now, ok := m.lookup(prefix); ok && now == space {
		return false
	}
	if len(space) > xmldoc.MaxName {
		m.fault.fail(bcperr.New(bcperr.LimitExceeded, "the name of a namespace has more than %d octets",
			xmldoc.MaxName))
		return false
	}
	if len(m.bound) >= maxTogether {
		m.fault.fail(errTogether("namespaces"))
		return false
	}
	m.bound = append(m.bound, binding{prefix, space, depth})
	return true
}

// pop forgets what was bound at that depth and below.
func (m *prefixMap) pop(depth int) {
	n := len(m.bound)
	for n > 0 && m.bound[n-1].depth >= depth {
		n--
	}
	m.bound = m.bound[:n]
}

// settled returns the prefix for a name in a namespace: xml belongs to its own namespace, and that to no other prefix.
//
// Source: Namespaces in XML 1.0 §3.
func settled(prefix, space string, generate func() string) string {
	switch isXML := space == xmldoc.XMLNamespace; {
	case isXML:
		return "xml"
	case prefix == "xml" && space != "":
		return generate()
	}
	return prefix
}

func generatedPrefix(n int) string { return "ns" + strconv.Itoa(n) }

// splitName cuts a qualified name at its first colon.
func splitName(qualified string) (prefix, local string) {
	if i := strings.IndexByte(qualified, ':'); i >= 0 {
		return qualified[:i], qualified[i+1:]
	}
	return "", qualified
}
