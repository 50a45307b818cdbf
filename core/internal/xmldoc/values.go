package xmldoc

import "strings"

// ReplaceValues puts replace(v) in the place of the Value of every node v below n that holds one, in document order,
// the attributes of an element before its content: attributes but xml:space, and runs of text that are more than white
// space. A run that becomes empty is taken out.
//
// Names, namespaces, comments, processing instructions and white space between elements stay.
func (n *Node) ReplaceValues(replace func(v *Node) string) {
	for d := n; d != nil; {
		next := d.After(n, false)
		switch d.Kind {
		case Element:
			for a := d.FirstAttr; a != nil; a = a.Next {
				if !a.Is(XMLNamespace, "space") {
					a.Value, a.plain = replace(a), false
				}
			}
		case Text:
			if strings.Trim(d.Value, " \t\r\n") == "" {
				break
			}
			if d.Value, d.plain = replace(d), false; d.Value == "" {
				d.Detach()
			}
		}
		d = next
	}
}
