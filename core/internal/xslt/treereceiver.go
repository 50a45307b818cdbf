package xslt

import (
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// treeReceiver builds the tree of a result tree fragment.
type treeReceiver struct {
	tree     *xmldoc.Builder
	prefixes prefixMap
	depth    int
	max      int // nodes that the tree may have
	fault    *fault
	start    struct { // the element whose start tag is open
		open       bool
		name       string
		space      string
		known      bool
		namespaces []attribute
		attributes []attribute
	}
	names map[xmldoc.Name]*xmldoc.Name

	// While the tree is text alone, raw pieces are kept beside it; in any other tree processing instructions tell what
	// disable-output-escaping applies to. Both as in the JDK.
	textOnly bool
	adaptive bool // it began as text alone: then disable-output-escaping is lost when more comes
	raw      bool
	pieces   []textPiece
	anyRaw   bool
}

func newTreeReceiver(seq *xmldoc.Sequence, max int, textOnly bool, f *fault) *treeReceiver {
	return &treeReceiver{prefixes: prefixMap{fault: f}, textOnly: textOnly, adaptive: textOnly,
		tree: xmldoc.NewBuilder(seq), max: max, fault: f}
}

func (t *treeReceiver) document() *xmldoc.Node {
	t.closeStart()
	return t.tree.Document()
}

// nameSteps is the cost of finding the name of a node among those of the tree, which is by a hash of it.
const (
	namesSteps    = 16 // to make room for the first name
	nameSteps     = 2
	textSteps     = 1
	hashedPerStep = 64 // octets
)

func (t *treeReceiver) name(space, qualified string) *xmldoc.Name {
	t.fault.spend((len(space) + len(qualified)) / hashedPerStep)
	prefix, local := splitName(qualified)
	name := xmldoc.Name{Prefix: prefix, Local: local, Space: space}
	if shared := t.names[name]; shared != nil {
		return shared
	}
	if t.names == nil {
		t.fault.spend(namesSteps)
		t.names = map[xmldoc.Name]*xmldoc.Name{}
	}
	shared := &name
	t.names[name] = shared
	return shared
}

func (t *treeReceiver) closeStart() {
	if !t.start.open {
		return
	}
	t.start.open = false
	given := len(t.start.attributes) + len(t.start.namespaces)
	t.fault.spend(nameSteps*(1+given) + given*given/namesPerStep)
	prefix, _ := splitName(t.start.name)
	space := t.start.space
	if !t.start.known {
		space, _ = t.prefixes.lookup(prefix)
	}
	t.tree.StartElement(t.name(space, t.start.name))
	for _, n := range t.start.namespaces {
		t.tree.Declare(n.name, n.value)
	}
	for _, a := range t.start.attributes {
		space := ""
		if prefix, _ := splitName(a.name); prefix != "" {
			space, _ = t.prefixes.lookup(prefix)
		}
		t.tree.Attribute(t.name(space, a.name), a.value)
	}
	if t.tree.Len() > t.max {
		t.fault.fail(errNodes(t.max))
	}
}

func (t *treeReceiver) startElement(space string, known bool, qualified string) {
	t.textOnly = false
	t.closeStart()
	t.depth++
	t.start.open, t.start.name, t.start.space, t.start.known = true, qualified, space, known
	t.start.namespaces, t.start.attributes = t.start.namespaces[:0], t.start.attributes[:0]
	if known && space != "" {
		prefix, _ := splitName(qualified)
		t.namespace(prefix, space)
	}
}

func (t *treeReceiver) endElement(string) {
	t.closeStart()
	t.tree.EndElement()
	t.prefixes.pop(t.depth)
	t.depth--
}

func (t *treeReceiver) namespace(prefix, space string) {
	if !t.start.open {
		return
	}
	if !t.start.known && prefix == "" && !strings.Contains(t.start.name, ":") {
		t.start.space, t.start.known = space, true
	}
	changes := t.prefixes.push(prefix, space, t.depth)
	if changes || t.adaptive && t.repeats(prefix, space) {
		t.start.namespaces = append(t.start.namespaces, attribute{prefix, space})
	}
}

// repeats says whether the open element of an adaptive tree declares what holds already: such a tree keeps each
// declaration that it is given, so that a copy of it says xmlns="" where that counts. As in the JDK
// (AdaptiveResultTreeImpl).
func (t *treeReceiver) repeats(prefix, space string) bool {
	if strings.HasPrefix(prefix, "xml") || len(t.start.namespaces) >= maxTogether {
		return false
	}
	t.fault.spend(1 + len(t.start.namespaces)/namesPerStep)
	return !slices.Contains(t.start.namespaces, attribute{prefix, space})
}

func (t *treeReceiver) attribute(qualified, value string) {
	if !t.start.open {
		return
	}
	if prefix, local := splitName(qualified); prefix != "" {
		space, ok := t.prefixes.lookup(prefix)
		if !ok {
			t.fault.fail(errFailed("the prefix %q of attribute %q is bound to no namespace", prefix, qualified))
			return
		}
		if space == "" {
			qualified = local
		}
	}
	t.fault.spend(len(t.start.attributes) / namesPerStep)
	for i := range t.start.attributes {
		if t.start.attributes[i].name == qualified {
			t.start.attributes[i].value = value
			return
		}
	}
	if len(t.start.attributes) >= maxTogether {
		t.fault.fail(errTogether("attributes"))
		return
	}
	t.start.attributes = append(t.start.attributes, attribute{qualified, value})
}

func (t *treeReceiver) uniqueAttribute(qualified, value string) { t.attribute(qualified, value) }

func (t *treeReceiver) characters(s string) {
	t.fault.spend(textSteps + len(s)/copiedPerStep)
	t.closeStart()
	if t.textOnly {
		t.pieces = append(t.pieces, textPiece{s, t.raw})
		t.anyRaw = t.anyRaw || t.raw
	}
	t.tree.Text(s)
}

func (t *treeReceiver) comment(s string) {
	t.textOnly = false
	t.closeStart()
	t.tree.Comment(s)
	t.checkNodes()
}

func (t *treeReceiver) procInst(target, data string) {
	t.textOnly = false
	t.closeStart()
	t.tree.ProcInst(target, data)
	t.checkNodes()
}

func (t *treeReceiver) checkNodes() {
	if t.tree.Len() > t.max {
		t.fault.fail(errNodes(t.max))
	}
}

func (t *treeReceiver) escaping(on bool) bool {
	was := !t.raw
	t.raw = !on
	switch {
	case t.adaptive:
	case on:
		t.procInst(enableEscaping, "")
	default:
		t.procInst(disableEscaping, "")
	}
	return was
}

func (t *treeReceiver) lookupPrefix(prefix string) (string, bool) { return t.prefixes.lookup(prefix) }
func (t *treeReceiver) endDocument()                              {}
