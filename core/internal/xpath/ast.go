package xpath

import "github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"

// op says what an ast node is.
type op uint8

const (
	opOr op = iota
	opAnd
	opEq
	opNe
	opLt
	opLe
	opGt
	opGe
	opAdd
	opSub
	opMul
	opDiv
	opMod
	opNeg
	opUnion
	opNumber
	opLiteral
	opVariable
	opCall
	opFilter // args[0] with preds
	opPath   // steps, from args[0] when there is one, from the root when absolute, else from the context node
)

// ast is one node of a parsed expression.
type ast struct {
	op       op
	pos      int // byte offset in the source
	paren    bool
	absolute bool
	number   float64
	text     string  // opLiteral
	name     varName // opVariable, opCall: the expanded name
	args     []*ast
	preds    []*ast
	steps    []*step
}

// varName is the expanded name of a variable or a function.
type varName struct{ Space, Local string }

type axis uint8

const (
	axisChild axis = iota
	axisDescendant
	axisDescendantOrSelf
	axisSelf
	axisParent
	axisAncestor
	axisAncestorOrSelf
	axisFollowingSibling
	axisPrecedingSibling
	axisFollowing
	axisPreceding
	axisAttribute
	axisNamespace
)

var axisNames = [...]string{
	axisChild: "child", axisDescendant: "descendant", axisDescendantOrSelf: "descendant-or-self", axisSelf: "self",
	axisParent: "parent", axisAncestor: "ancestor", axisAncestorOrSelf: "ancestor-or-self",
	axisFollowingSibling: "following-sibling", axisPrecedingSibling: "preceding-sibling",
	axisFollowing: "following", axisPreceding: "preceding", axisAttribute: "attribute", axisNamespace: "namespace",
}

// reverse says whether positions count against document order (XPath 1.0 §2.4).
func (a axis) reverse() bool {
	switch a {
	case axisParent, axisAncestor, axisAncestorOrSelf, axisPrecedingSibling, axisPreceding:
		return true
	}
	return false
}

// nodeTest is a node test with the principal node type of its axis already in it.
//
// Shape: kind 0 is any kind. A name is compared only where its any flag is not set.
type nodeTest struct {
	kind               xmldoc.Kind
	anyLocal, anySpace bool
	local, space       string
}

func (t *nodeTest) matches(n *xmldoc.Node) bool {
	if t.kind != 0 && n.Kind != t.kind {
		return false
	}
	return (t.anyLocal || n.Name.Local == t.local) && (t.anySpace || n.Name.Space == t.space)
}

// steps is the cost of matches: names of the same length are compared to their last octet.
func (t *nodeTest) steps() int64 { return 1 + int64(len(t.local)+len(t.space))/nameBytesPerStep }

type step struct {
	axis  axis
	test  nodeTest
	preds []*ast
	// slashes marks the descendant-or-self::node() step that "//" stands for: patterns allow only that one.
	slashes bool
}
