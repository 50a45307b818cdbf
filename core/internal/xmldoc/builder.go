package xmldoc

// Builder makes a tree from calls in document order: the result trees of XSLT. Names and bindings are taken as they
// come; a caller whose tree will be written out gives the declarations it needs.
type Builder struct {
	seq   *Sequence
	nodes slab
	doc   *Node
	at    *Node
	run   run
	attr  *Node // the last attribute of at, while it takes some
	decl  *Node // its last declaration
}

// NewBuilder returns a Builder whose tree is one of seq's.
func NewBuilder(seq *Sequence) *Builder {
	b := &Builder{seq: seq, nodes: slab{first: smallTree}}
	b.doc = b.node(Document)
	b.at = b.doc
	return b
}

func (b *Builder) node(kind Kind) *Node {
	n := b.nodes.take()
	n.Kind, n.order = kind, b.seq.draw()
	return n
}

// hasContent says whether the innermost open element, or the document, has children yet: then it takes no more
// attributes.
func (b *Builder) hasContent() bool { return b.at.FirstChild != nil || b.run.some }

// Len returns how many nodes were made, for a caller's limit.
func (b *Builder) Len() int { return b.nodes.made }

// StartElement opens an element and returns it.
func (b *Builder) StartElement(name *Name) *Node {
	b.flush()
	n := b.node(Element)
	n.Name = name
	b.at.appendChild(n)
	b.at, b.attr, b.decl = n, nil, nil
	return n
}

// EndElement closes the innermost open element.
func (b *Builder) EndElement() {
	b.flush()
	if b.at == b.doc {
		panic("internal error: xmldoc.Builder: EndElement without StartElement")
	}
	b.at = b.at.Parent
}

// Attribute sets an attribute of the element just started; a later value of the same expanded name replaces the
// earlier.
func (b *Builder) Attribute(name *Name, value string) {
	b.mustBeOpen("Attribute")
	if a := b.at.Attr(name.Space, name.Local); a != nil {
		a.Name, a.Value = name, value
		return
	}
	b.NewAttribute(name, value)
}

// NewAttribute is Attribute for an expanded name that the element just started does not have yet. It costs the same
// however many attributes there are.
func (b *Builder) NewAttribute(name *Name, value string) {
	b.mustBeOpen("NewAttribute")
	n := b.node(Attribute)
	n.Name, n.Value, n.Parent, n.Prev = name, value, b.at, b.attr
	if b.attr == nil {
		b.at.FirstAttr = n
	} else {
		b.attr.Next = n
	}
	b.attr = n
}

// Declare writes a namespace declaration on the element just started; a later one of the same prefix replaces the
// earlier.
func (b *Builder) Declare(prefix, space string) {
	b.mustBeOpen("Declare")
	for d := b.at.FirstDecl; d != nil; d = d.Next {
		if d.Name.Local == prefix {
			d.Value = space
			return
		}
	}
	b.NewDeclaration(&Name{Local: prefix}, space)
}

// NewDeclaration is Declare for a prefix, the Local of name, that the element just started does not declare yet.
func (b *Builder) NewDeclaration(name *Name, space string) {
	b.mustBeOpen("NewDeclaration")
	n := b.nodes.take()
	n.Kind, n.order, n.Name, n.Value, n.Parent, n.Prev = Namespace, b.at.order, name, space, b.at, b.decl
	if b.decl == nil {
		b.at.FirstDecl = n
	} else {
		b.decl.Next = n
	}
	b.decl = n
}

// Text adds character data; calls in a row make one text node, and no text no node.
func (b *Builder) Text(s string) {
	if s != "" {
		b.run.add(s, false)
	}
}

// Comment adds a comment.
func (b *Builder) Comment(s string) {
	b.flush()
	n := b.node(Comment)
	n.Value = s
	b.at.appendChild(n)
}

// ProcInst adds a processing instruction.
func (b *Builder) ProcInst(target, data string) {
	b.flush()
	n := b.node(ProcInst)
	n.Name, n.Value = &Name{Local: target}, data
	b.at.appendChild(n)
}

// Document returns the tree; open elements are closed.
func (b *Builder) Document() *Node {
	b.flush()
	b.at = b.doc
	return b.doc
}

func (b *Builder) flush() {
	if !b.run.some {
		return
	}
	n := b.node(Text)
	n.Value = b.run.take()
	b.at.appendChild(n)
}

func (b *Builder) mustBeOpen(call string) {
	if b.at.Kind != Element || b.hasContent() {
		panic("internal error: xmldoc.Builder: " + call + " after content, or outside an element")
	}
}
