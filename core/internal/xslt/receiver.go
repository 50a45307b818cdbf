package xslt

import "github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"

// A receiver takes the events of a result tree: the serializers, the builder of result tree fragments, and the
// collector of string values behind attributes, comments and processing instructions.
//
// Shape: after startElement come its namespaces and attributes, then its content. An attribute that comes after content
// is ignored (XSLT 1.0 §7.1.3 lets a processor do so, and the JDK does).
type receiver interface {
	// startElement opens an element. space is its namespace when known is set; otherwise the prefix of the qualified
	// name decides, by the namespaces in scope.
	startElement(space string, known bool, qualified string)
	endElement(qualified string)
	// namespace declares a prefix on the open element; no effect when it is so bound already.
	namespace(prefix, space string)
	attribute(qualified, value string)
	// uniqueAttribute is attribute for a name that the open element provably does not have yet. The serializers write
	// it at once, before the namespaces: the JDK's order.
	uniqueAttribute(qualified, value string)
	characters(s string)
	// escaping switches the escaping of characters and returns how it was.
	escaping(on bool) bool
	comment(s string)
	procInst(target, data string)
	// lookupPrefix tells what a prefix is bound to for the open element.
	lookupPrefix(prefix string) (space string, ok bool)
	endDocument()
}

// A fault collects the first failure of a transformation, so that receivers need not return errors at each event. The
// machine looks at it between instructions. Receivers pay for their work here.
type fault struct {
	err    error
	budget *xpath.Budget
}

func (f *fault) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

// spend takes n steps for work that a receiver does.
func (f *fault) spend(n int) {
	if err := f.budget.Spend(int64(n)); err != nil {
		f.fail(err)
	}
}

// What a receiver does in a step.
const (
	copiedPerStep = 16 // octets of text that stays as it is
	namesPerStep  = 16 // names compared: of the attributes of an element, or of the prefixes in scope
)

// A stringValue collects text and ignores what stands inside elements. It is the content of xsl:attribute, xsl:comment
// and xsl:processing-instruction.
type stringValue struct {
	text  []byte
	first string // the only piece so far: most values are one string, which then costs no copy
	depth int
	max   int
	fault *fault
}

func (v *stringValue) reset() { v.text, v.first, v.depth = v.text[:0], "", 0 }

func (v *stringValue) String() string {
	if len(v.text) > 0 {
		return string(v.text)
	}
	return v.first
}

func (v *stringValue) characters(s string) {
	v.fault.spend(len(s) / copiedPerStep)
	switch {
	case v.depth > 0 || s == "":
	case len(v.text) == 0 && v.first == "":
		v.first = s
	case len(v.text)+len(s) > v.max:
		v.fault.fail(errOutput(v.max))
	default:
		if len(v.text) == 0 {
			v.text = append(v.text, v.first...)
		}
		v.text = append(v.text, s...)
	}
}

func (v *stringValue) startElement(string, bool, string)         { v.depth++ }
func (v *stringValue) endElement(string)                         { v.depth-- }
func (v *stringValue) namespace(string, string)                  {}
func (v *stringValue) attribute(string, string)                  {}
func (v *stringValue) uniqueAttribute(string, string)            {}
func (v *stringValue) escaping(bool) bool                        { return true }
func (v *stringValue) comment(string)                            {}
func (v *stringValue) procInst(string, string)                   {}
func (v *stringValue) lookupPrefix(prefix string) (string, bool) { return "", prefix == "" }
func (v *stringValue) endDocument()                              {}
