package xmldoc

// Kind says what a Node is.
type Kind uint8

// The seven node kinds of the XPath 1.0 data model.
const (
	Document Kind = iota + 1
	Element
	Attribute
	Namespace
	Text
	Comment
	ProcInst
)

// Name is an expanded name with the prefix it was written with. Names are shared between nodes: never change one.
//
// Shape: for a processing instruction Local is the target; for a namespace node Local is the declared prefix
// ("" for the default namespace).
type Name struct {
	Prefix, Local, Space string
}

// Qualified returns the name as written: "prefix:local" or "local".
func (n *Name) Qualified() string {
	if n.Prefix == "" {
		return n.Local
	}
	return n.Prefix + ":" + n.Local
}

// Node is one node of a tree. Fields are read freely; only this package and a Builder write them.
//
// Shape: FirstAttr and FirstDecl head lists linked by Next and Prev, in the order written; they are not children.
// FirstDecl lists the namespace declarations written on this element (Kind Namespace, Value the URI, "" undeclares the
// default). Value is the text of text and comment nodes, the data of a processing instruction, the value of an
// attribute, the URI of a namespace node.
type Node struct {
	Kind  Kind
	plain bool // the canonical form of Value is Value
	order int32

	Name  *Name
	Value string

	Parent, FirstChild, LastChild, Prev, Next *Node
	FirstAttr, FirstDecl                      *Node
}
