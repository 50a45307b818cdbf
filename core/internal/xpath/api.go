package xpath

import "github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"

// Static is what an expression may refer to when it is compiled.
type Static struct {
	// Namespace returns the URI that a prefix is bound to where the expression stands.
	Namespace func(prefix string) (uri string, ok bool)
	// Variable says whether a variable is in scope; nil means none is.
	Variable func(space, local string) bool
	// Function returns an extension function, beyond the XPath core library; nil means none. An error (for example
	// xslt-forbidden) ends the compilation with that error.
	Function func(space, local string, argCount int) (Function, error)
}

// Function is an extension function. It sees the dynamic context of the call and the evaluated arguments.
type Function func(ctx *Context, args []Value) (Value, error)

// Value is one of NodeSet, String, Number, Boolean or Fragment.
type Value interface{ isValue() }

// NodeSet is a set of nodes, in document order; no node occurs twice.
type NodeSet []*xmldoc.Node

// String is an XPath string (UTF-8 here; string functions count Unicode characters).
type String string

// Number is an XPath number (IEEE 754 double).
type Number float64

// Boolean is an XPath boolean.
type Boolean bool

// Fragment is a result tree fragment: its string value is Root's; it is a node-set only through exsl:node-set.
type Fragment struct{ Root *xmldoc.Node }

func (NodeSet) isValue()  {}
func (String) isValue()   {}
func (Number) isValue()   {}
func (Boolean) isValue()  {}
func (Fragment) isValue() {}

// Context is the dynamic context of one evaluation. Node is always set; a nil Budget has no limit.
type Context struct {
	Node           *xmldoc.Node
	Position, Size int
	// Variable returns the value of a variable that Static.Variable said is in scope.
	Variable func(space, local string) (Value, error)
	Budget   *Budget
	// Root is where a path that begins with / starts; nil means the root of Node's tree. The JDK starts at the source
	// document even where Node is in a result tree fragment.
	Root *xmldoc.Node
	// Host is the caller's own state, for its extension functions (xslt's transformation).
	Host any
}

// Budget bounds the work of a whole transformation; it is shared by all evaluations of it.
//
// Errors: limit-exceeded from Spend when Steps is used up, or from Enter past MaxDepth.
type Budget struct {
	Steps    int64 // left
	MaxDepth int   // recursion depth allowed
	depth    int
}
