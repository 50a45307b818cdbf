package xslt

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// Namespace is the namespace of the instructions.
const Namespace = "http://www.w3.org/1999/XSL/Transform"

// Stylesheet is a compiled stylesheet. It is never changed, so it transforms any number of sources.
type Stylesheet struct {
	output     outputProperties
	modes      map[expandedName]*ruleSet
	builtin    *ruleSet // for modes that no template names
	named      map[expandedName]*template
	globals    []*variable
	global     map[expandedName]int // index in globals
	keys       map[expandedName][]*keyDeclaration
	formats    map[expandedName]*decimalFormat
	strip      []spaceRule
	sets       map[expandedName]*attributeSet
	asked      nameTests
	words      map[string]bool // the literals of its expressions and the texts of its variables: see Says
	parts      []string        // those of them that may be a part of a value
	collator   *collator       // set when something is sorted
	reads      bool            // something may look at text or attribute values of the source
	compatible bool            // version is not 1.0
}

// Compile reads a stylesheet and makes it ready to transform. A literal result element as a stylesheet is one too.
//
// Errors: xml-malformed, xml-forbidden (DOCTYPE), encoding-invalid, input-too-large and limit-exceeded from reading it;
// xslt-invalid for what is no XSLT 1.0; xslt-forbidden for what the sandbox refuses; limit-exceeded for one that takes
// more than CompileSteps.
func Compile(source []byte) (*Stylesheet, error) {
	return CompileWithin(source, &xpath.Budget{Steps: CompileSteps})
}

// CompileWithin is Compile within a budget that several stylesheets may share.
func CompileWithin(source []byte, budget *xpath.Budget) (*Stylesheet, error) {
	if err := budget.Spend(int64(len(source)) / readPerStep); err != nil {
		return nil, err
	}
	// A stylesheet comes as the text of a Key element, and the reference reads it from a character stream: what its
	// declaration says about octets counts only in a file that is not UTF-8.
	doc, err := xmldoc.ParseEncoded(source, "utf-8", sourceLimits)
	if err != nil {
		return nil, err
	}
	return compileTree(doc, budget)
}

// Constant says whether the result cannot depend on text or attribute values of the source, but at most on which nodes
// it has and their names: requests of different patients then share a key.
//
// Shape: true only when it is proved; the proof does not follow the flow, so false may be wrong.
func (s *Stylesheet) Constant() bool { return !s.reads }

// AsksNames says whether the stylesheet asks for elements or attributes by their names.
func (s *Stylesheet) AsksNames() bool { return len(s.asked.elements)+len(s.asked.attributes) > 0 }

// template is an xsl:template.
type template struct {
	name expandedName
	body []instruction
}

// instruction is one compiled instruction, literal result element or text.
//
// exec does what it can at once; what has content pushes a frame, which the machine works off afterwards.
type instruction interface {
	exec(m *machine) error
}

// variable is xsl:variable, xsl:param or xsl:with-param.
type variable struct {
	name  expandedName
	value *xpath.Expr   // nil: body
	body  []instruction // nil and no value: the empty string
	text  *string       // the body is this text alone
	param bool
	used  bool // an expression names it; a variable that none names is not worked out, as in the JDK

	textOnly bool // the body makes text, unless a template that it uses makes more
}
