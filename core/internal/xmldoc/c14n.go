package xmldoc

import (
	"io"
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Canonicalize writes the exclusive canonical form, without comments, of apex and what is inside it, in the context of
// its document. The prefixes of inclusivePrefixes are treated as in inclusive canonicalization ("#default" is the
// absent prefix). For the enveloped-signature transform, Detach the signature first.
//
// Shape: apex is an element or a document. The work is one visit per node; nothing recurses, and no namespace scope is
// copied.
// Errors: xml-forbidden for a relative namespace URI on apex, inside or above it, as it has no canonical form;
// limit-exceeded for more than 256 prefixes or 16 MiB of output; the error of w.
// Source: exc-c14n 1.0 §3, Canonical XML 1.0 §2.3 and §1.3.
func Canonicalize(w io.Writer, apex *Node, inclusivePrefixes []string) error {
	c := &canonicalizer{w: w, apex: apex, buf: make([]byte, 0, chunk+chunk/4)}
	c.absent = &rendering{}
	if err := c.list(inclusivePrefixes); err != nil {
		return err
	}
	for a := apex.Parent; a != nil; a = a.Parent {
		if err := checkDeclarations(a); err != nil {
			return err
		}
	}
	for n := apex; n != nil; {
		if err := c.enter(n); err != nil {
			return err
		}
		if n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		n = c.leave(n)
	}
	c.flush()
	return c.err
}

const (
	// chunk is how much is handed to the writer at once: enough that a hash works at full speed.
	chunk = 8 << 10

	// maxCanonical bounds the output. A namespace URI is written again on each sibling that uses it, so that 4 MiB of
	// input could ask for 700 GB; four times the size of the largest catalogue is more than any lawful one needs.
	maxCanonical = 16 << 20

	// maxPrefixes bounds a PrefixList; signers list the one or two prefixes that attribute values use.
	maxPrefixes = 256
)

// rendering is what the canonical form, as written so far, binds a prefix to at the current place.
type rendering struct {
	prefix string
	space  string // "" for nothing
	listed bool   // in the PrefixList
}

// undo restores a rendering when its element ends.
type undo struct {
	element *Node
	r       *rendering
	space   string
}

type canonicalizer struct {
	w        io.Writer
	err      error // of the writer, or the limit
	buf      []byte
	written  int
	apex     *Node
	rootSeen bool // an element was written, so what follows outside it comes after the root

	absent   *rendering            // of the default namespace
	byPrefix map[string]*rendering // of the others
	lastName *Name                 // the name last looked up in byPrefix, and what was found
	last     *rendering
	listed   []*rendering // the PrefixList
	undos    []undo

	decls []*rendering // of the current start tag: to be written
	attrs []*Node      // of the current start tag: to be sorted
}

// list sets the PrefixList up.
func (c *canonicalizer) list(prefixes []string) error {
	if len(prefixes) > maxPrefixes {
		return bcperr.New(bcperr.LimitExceeded, "expected a PrefixList of at most %d prefixes, got %d", maxPrefixes,
			len(prefixes))
	}
	for _, prefix := range prefixes {
		if prefix == "#default" {
			prefix = ""
		}
		if prefix != "xml" { // its declaration is never written
			r := c.rendering(prefix)
			r.listed = true
			c.listed = append(c.listed, r)
		}
	}
	return nil
}

// rendering returns the state of a prefix.
func (c *canonicalizer) rendering(prefix string) *rendering {
	if prefix == "" {
		return c.absent
	}
	r := c.byPrefix[prefix]
	if r == nil {
		if c.byPrefix == nil {
			c.byPrefix = make(map[string]*rendering)
		}
		r = &rendering{prefix: prefix}
		c.byPrefix[prefix] = r
	}
	return r
}

// enter writes what stands before the children of n.
func (c *canonicalizer) enter(n *Node) error {
	switch n.Kind {
	case Element:
		if len(c.buf) >= chunk {
			c.flush()
		}
		if err := c.startTag(n); err != nil {
			return err
		}
	case Text:
		if n.plain {
			c.put(n.Value)
		} else {
			c.escapeText(n.Value)
		}
	case ProcInst:
		c.procInst(n)
	}
	return c.err
}

// leave writes the end of n and of each ancestor that ends with it, and returns the node to enter next.
func (c *canonicalizer) leave(n *Node) *Node {
	for {
		if n.Kind == Element {
			c.buf = append(appendName(append(c.buf, '<', '/'), n.Name), '>')
			for len(c.undos) > 0 && c.undos[len(c.undos)-1].element == n {
				u := c.undos[len(c.undos)-1]
				u.r.space = u.space
				c.undos = c.undos[:len(c.undos)-1]
			}
		}
		if n == c.apex {
			return nil
		}
		if n.Next != nil {
			return n.Next
		}
		n = n.Parent
	}
}

// startTag writes the start tag of n with the declarations that its output needs.
func (c *canonicalizer) startTag(n *Node) error {
	if err := checkDeclarations(n); err != nil {
		return err
	}
	c.decls = c.decls[:0]
	if len(c.listed) > 0 {
		c.useListed(n)
	}
	c.use(n, n.Name)
	sorted := true
	for a := n.FirstAttr; a != nil; a = a.Next {
		if a.Name.Prefix != "" {
			c.use(n, a.Name)
		}
		if a.Next != nil && compareNames(a, a.Next) > 0 {
			sorted = false
		}
	}
	c.rootSeen = true
	c.buf = appendName(append(c.buf, '<'), n.Name)
	c.putDecls()
	if sorted {
		for a := n.FirstAttr; a != nil; a = a.Next {
			c.putAttr(a)
		}
	} else {
		c.putSorted(n)
	}
	c.buf = append(c.buf, '>')
	return nil
}

// checkDeclarations refuses relative namespace URIs on n.
func checkDeclarations(n *Node) error {
	for d := n.FirstDecl; d != nil; d = d.Next {
		if d.Value != "" && !hasScheme(d.Value) {
			return bcperr.New(bcperr.XMLForbidden, "expected an absolute namespace URI, got %.80q on element %.60q: "+
				"it has no canonical form",
				d.Value, n.Name.Qualified())
		}
	}
	return nil
}

// useListed renders the bindings of listed prefixes: on the apex all that are in scope, inside it those that n
// declares.
func (c *canonicalizer) useListed(n *Node) {
	if n == c.apex {
		for _, r := range c.listed {
			if space, ok := n.LookupPrefix(r.prefix); ok {
				c.render(n, r, space)
			}
		}
		return
	}
	for d := n.FirstDecl; d != nil; d = d.Next {
		if r := c.known(d.Name.Local); r != nil && r.listed {
			c.render(n, r, d.Value)
		}
	}
}

// known returns the state of a prefix, or nil if it has none yet.
func (c *canonicalizer) known(prefix string) *rendering {
	if prefix == "" {
		return c.absent
	}
	return c.byPrefix[prefix]
}

// use renders the binding of a name that element n makes visible.
func (c *canonicalizer) use(n *Node, name *Name) {
	if name.Prefix == "" {
		c.render(n, c.absent, name.Space)
		return
	}
	if name != c.lastName {
		if name.Prefix == "xml" {
			return
		}
		c.lastName, c.last = name, c.rendering(name.Prefix)
	}
	c.render(n, c.last, name.Space)
}

// render notes that n's start tag binds r to space, unless the output binds it so already.
func (c *canonicalizer) render(n *Node, r *rendering, space string) {
	if r.space == space {
		return
	}
	c.undos = append(c.undos, undo{n, r, r.space})
	r.space = space
	c.decls = append(c.decls, r)
}

func (c *canonicalizer) putDecls() {
	if len(c.decls) > 1 {
		slices.SortFunc(c.decls, func(a, b *rendering) int { return strings.Compare(a.prefix, b.prefix) })
	}
	for _, r := range c.decls {
		c.buf = append(c.buf, " xmlns"...)
		if r.prefix != "" {
			c.buf = append(append(c.buf, ':'), r.prefix...)
		}
		c.buf = append(c.buf, '=', '"')
		c.escapeValue(r.space)
		c.buf = append(c.buf, '"')
	}
}

func (c *canonicalizer) putSorted(n *Node) {
	c.attrs = c.attrs[:0]
	for a := n.FirstAttr; a != nil; a = a.Next {
		c.attrs = append(c.attrs, a)
	}
	slices.SortFunc(c.attrs, compareNames)
	for _, a := range c.attrs {
		c.putAttr(a)
	}
}

// compareNames orders attributes by namespace, then local name; octets of UTF-8 sort as the characters do.
func compareNames(a, b *Node) int {
	if order := strings.Compare(a.Name.Space, b.Name.Space); order != 0 {
		return order
	}
	return strings.Compare(a.Name.Local, b.Name.Local)
}

func (c *canonicalizer) putAttr(a *Node) {
	c.buf = append(appendName(append(c.buf, ' '), a.Name), '=', '"')
	if a.plain {
		c.put(a.Value)
	} else {
		c.escapeValue(a.Value)
	}
	c.buf = append(c.buf, '"')
}

// procInst writes a processing instruction; outside the root element a line feed parts it from the root.
func (c *canonicalizer) procInst(n *Node) {
	outer := n.Parent != nil && n.Parent.Kind == Document
	if outer && c.rootSeen {
		c.put("\n")
	}
	c.put("<?")
	c.put(n.Name.Local)
	if n.Value != "" {
		c.put(" ")
		c.escape(n.Value, procInstEscape)
	}
	c.put("?>")
	if outer && !c.rootSeen {
		c.put("\n")
	}
}

// hasScheme says whether uri begins with a scheme. Source: RFC 3986 §3.1.
func hasScheme(uri string) bool {
	for i := 0; i < len(uri); i++ {
		switch c := uri[i] | 0x20; {
		case c >= 'a' && c <= 'z':
		case uri[i] == ':':
			return i > 0
		case i > 0 && (uri[i] >= '0' && uri[i] <= '9' || uri[i] == '+' || uri[i] == '-' || uri[i] == '.'):
		default:
			return false
		}
	}
	return false
}
