package xmldoc

import "strings"

// ReplaceValues puts replace(value) in the place of every value below n, in document order, the attributes of an
// element before its content: the values are the attributes, and the runs of text that are more than white space. A run
// that becomes empty is taken out.
//
// Names, namespaces, comments, processing instructions and white space between elements stay.
func (n *Node) ReplaceValues(replace func(value string) string) {
	for d := n; d != nil; {
		next := d.After(n, false)
		switch d.Kind {
		case Element:
			for a := d.FirstAttr; a != nil; a = a.Next {
				a.Value, a.plain = replace(a.Value), false
			}
		case Text:
			if strings.Trim(d.Value, " \t\r\n") == "" {
				break
			}
			if d.Value, d.plain = replace(d.Value), false; d.Value == "" {
				d.Detach()
			}
		}
		d = next
	}
}
