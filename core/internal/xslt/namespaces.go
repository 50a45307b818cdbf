package xslt

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// checkScopes bounds the namespaces in scope at one place: prefixes are looked up while a stylesheet runs too.
func (c *compiler) checkScopes() error {
	count := 0
	for n := c.root; n != nil; {
		if n.Kind == xmldoc.Element {
			if count += declared(n); count >= maxTogether {
				return errTogether("namespaces")
			}
			if n.FirstChild != nil {
				n = n.FirstChild
				continue
			}
		}
		for {
			if n.Kind == xmldoc.Element {
				count -= declared(n)
			}
			if n == c.root || n.Next != nil {
				break
			}
			n = n.Parent
		}
		if n == c.root {
			return nil
		}
		n = n.Next
	}
	return nil // unreachable: the way ends at the root
}

// declared counts the namespace declarations on an element.
func declared(el *xmldoc.Node) (count int) {
	for d := el.FirstDecl; d != nil; d = d.Next {
		count++
	}
	return count
}

// lookUp is LookupPrefix, paid for.
func (f *fault) lookUp(el *xmldoc.Node, prefix string) (space string, ok bool) {
	looked := 0
	for e := el; e != nil; e = e.Parent {
		looked++
		for d := e.FirstDecl; d != nil; d = d.Next {
			looked++
			if d.Name.Local == prefix {
				f.spend(looked / lookedAtPerStep)
				return d.Value, true
			}
		}
	}
	f.spend(looked / lookedAtPerStep)
	if prefix == "xml" {
		return xmldoc.XMLNamespace, true
	}
	return "", prefix == ""
}

// name expands a qualified name of an attribute value; the default namespace does not count. Source: XSLT 1.0 §2.4.
func (c *compiler) name(el *xmldoc.Node, qualified string) (expandedName, error) {
	qualified = strings.Trim(qualified, " \t\r\n")
	prefix, local := splitName(qualified)
	if !xmldoc.IsNCName(local) || prefix == "" && local != qualified {
		return expandedName{}, errInvalid("%q is no name", qualified)
	}
	if prefix == "" {
		return expandedName{local: local}, nil
	}
	space, ok := c.fault.lookUp(el, prefix)
	if !ok {
		return expandedName{}, errInvalid("the prefix of %s is bound to no namespace", qualified)
	}
	return expandedName{space, local}, nil
}

// ownName returns the name that an element must have, expanded.
func (c *compiler) ownName(el *xmldoc.Node) (expandedName, error) {
	qualified, err := c.required(el, "name")
	if err != nil {
		return expandedName{}, err
	}
	return c.name(el, qualified)
}

// exclude counts namespaces in or out of those that literal result elements do not declare. Source: XSLT 1.0 §7.1.1.
func (c *compiler) exclude(el *xmldoc.Node, prefixes string, by int) error {
	for _, prefix := range strings.Fields(prefixes) {
		if prefix == "#default" {
			prefix = ""
		}
		if space, ok := c.fault.lookUp(el, prefix); ok {
			c.excluded[space] += by
		}
	}
	return nil
}

func (c *compiler) extensionPrefixes(el *xmldoc.Node, prefixes string) error {
	for _, prefix := range strings.Fields(prefixes) {
		if prefix == "#default" {
			prefix = ""
		}
		space, ok := c.fault.lookUp(el, prefix)
		if !ok {
			return errInvalid("the extension prefix %s is bound to no namespace", prefix)
		}
		c.extended[space] = true
		c.excluded[space]++
	}
	return nil
}

// alias compiles xsl:namespace-alias. Source: XSLT 1.0 §7.1.1.
func (c *compiler) alias(el *xmldoc.Node) error {
	from, err := c.required(el, "stylesheet-prefix")
	if err != nil {
		return err
	}
	to, err := c.required(el, "result-prefix")
	if err != nil {
		return err
	}
	if from == "#default" {
		from = ""
	}
	if to == "#default" {
		to = ""
	}
	c.aliases[from] = to
	return nil
}
