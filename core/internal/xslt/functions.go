package xslt

import (
	"strconv"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// xsltFunction says whether XSLT adds a function of that name to XPath, and the least and the most arguments it takes.
//
// Source: XSLT 1.0 §12, §15.
func xsltFunction(name string) (least, most int, known bool) {
	switch name {
	case "current":
		return 0, 0, true
	case "generate-id":
		return 0, 1, true
	case "element-available", "function-available", "system-property", "unparsed-entity-uri":
		return 1, 1, true
	case "document":
		return 1, 2, true
	case "key":
		return 2, 2, true
	case "format-number":
		return 2, 3, true
	}
	return 0, 0, false
}

// function finds an extension function for an expression that stands at el.
//
// Errors: xslt-forbidden for document() and for code of other languages; xslt-invalid for what is not known.
func (c *compiler) function(el *xmldoc.Node, space, local string, argc int) (xpath.Function, error) {
	if space != "" {
		return c.extensionFunction(space, local, argc)
	}
	least, most, known := xsltFunction(local)
	switch {
	case local == "document":
		return nil, errForbidden("document() reads another document")
	case !known && c.dead > 0:
		return failingFunction(errFailed("the function %s() is not known", local)), nil
	case !known:
		return nil, errInvalid("the function %s() is not known", local)
	case argc < least || argc > most:
		return nil, errInvalid("%s() has %d arguments", local, argc)
	}
	switch local {
	case "current":
		c.sheet.reads = true
		return current, nil
	case "key":
		c.sheet.reads = true
		return c.keyFunction(el), nil
	case "generate-id":
		c.sheet.reads = true
		return generateID, nil
	case "format-number":
		return c.formatNumber(el), nil
	case "system-property":
		return systemProperty(el), nil
	case "element-available":
		return elementAvailable(el), nil
	case "function-available":
		return functionAvailable(el), nil
	}
	return unparsedEntityURI, nil
}

// failingFunction stands for a function that is not known, where function-available() rules its call out.
func failingFunction(err error) xpath.Function {
	return func(*xpath.Context, []xpath.Value) (xpath.Value, error) { return nil, err }
}

// current returns the node that the instruction works on. Source: XSLT 1.0 §12.4.
func current(ctx *xpath.Context, _ []xpath.Value) (xpath.Value, error) {
	return xpath.NodeSet{ctx.Host.(*machine).focus.node}, nil
}

// unparsedEntityURI returns nothing: there is no DTD. Source: XSLT 1.0 §12.4.
func unparsedEntityURI(*xpath.Context, []xpath.Value) (xpath.Value, error) {
	return xpath.String(""), nil
}

// keyFunction is key(). Source: XSLT 1.0 §12.2.
func (c *compiler) keyFunction(el *xmldoc.Node) xpath.Function {
	return func(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		m := ctx.Host.(*machine)
		name, err := c.nameOf(ctx, el, args[0])
		if err != nil {
			return nil, err
		}
		if m.sheet.keys[name] == nil {
			return xpath.NodeSet(nil), nil
		}
		saved := *ctx
		if inSource, err := m.inSource(ctx.Node); !inSource || err != nil {
			return xpath.NodeSet(nil), err // the JDK indexes the source alone
		}
		index, err := m.keyIndex(name)
		ctx.Node, ctx.Position, ctx.Size = saved.Node, saved.Position, saved.Size
		if err != nil {
			return nil, err
		}
		values, ok := args[1].(xpath.NodeSet)
		if !ok || len(values) == 1 { // the usual one: a group is not copied for each of its nodes
			text, err := ctx.Text(args[1])
			return index[text], err
		}
		var found xpath.NodeSet
		for _, v := range values {
			text, err := ctx.Budget.StringValue(v)
			if err != nil {
				return nil, err
			}
			nodes := index[text]
			if err := ctx.Budget.Spend(1 + 2*int64(len(nodes))); err != nil {
				return nil, err
			}
			found = append(found, nodes...)
		}
		return ctx.Budget.Sort(found)
	}
}

// inSource says whether n is a node of the source, and pays for the way up.
func (m *machine) inSource(n *xmldoc.Node) (bool, error) {
	depth := 0
	for ; n.Parent != nil; n = n.Parent {
		depth++
	}
	return n == m.source, m.ctx.Budget.SpendNodes(depth)
}

// nameOf is name for a name that an expression gives.
func (c *compiler) nameOf(ctx *xpath.Context, el *xmldoc.Node, v xpath.Value) (expandedName, error) {
	text, err := paidName(ctx, v)
	if err != nil {
		return expandedName{}, err
	}
	name, err := c.name(el, text)
	if err != nil {
		return name, errFailed("what an expression gave is no name, or its prefix is bound to no namespace")
	}
	return name, nil
}

// Checking a name costs 20 ns a letter, and looking for its prefix up to that of all that may be in scope.
const (
	lettersPerStep = 4
	prefixSteps    = 8
)

// paidName returns a value as the text of a name that is going to be checked.
func paidName(ctx *xpath.Context, v xpath.Value) (string, error) {
	text, err := ctx.Text(v)
	if err != nil {
		return "", err
	}
	return text, ctx.Budget.Spend(prefixSteps + int64(len(text))/lettersPerStep)
}

// generateID returns a name for a node, the same at each call of one transformation. Source: XSLT 1.0 §12.4.
func generateID(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	n := ctx.Node
	if len(args) == 1 {
		nodes, ok := args[0].(xpath.NodeSet)
		if !ok {
			return nil, errFailed("generate-id() is for a node-set")
		}
		if len(nodes) == 0 {
			return xpath.String(""), nil
		}
		n = nodes[0]
	}
	id, err := ctx.Host.(*machine).nodeID(n)
	return xpath.String(id), err
}

// nodeID is the name of a node. In the source it is the JDK's: N and the number of the node, from 65536 on, where an
// element is followed by its namespace declarations and attributes, and the root element declares xml first.
func (m *machine) nodeID(n *xmldoc.Node) (string, error) {
	if m.ids == nil {
		m.ids = map[*xmldoc.Node]int{}
		if err := m.numberNodes(); err != nil {
			return "", err
		}
	}
	n = xpath.Canonical(n)
	id, ok := m.ids[n]
	if !ok {
		id = len(m.ids) + secondTree
		m.ids[n] = id
	}
	return "N" + strconv.Itoa(id), m.ctx.Budget.Spend(1)
}

const (
	firstTree  = 1 << 16
	secondTree = 2 << 16
)

func (m *machine) numberNodes() error {
	id := firstTree
	number := func(n *xmldoc.Node) {
		m.ids[n] = id
		m.fault.spend(numberSteps)
		id++
	}
	for n := m.source; n != nil && m.fault.err == nil; n = n.After(m.source, false) {
		number(n)
		if n.Kind == xmldoc.Element && n.Parent.Kind == xmldoc.Document {
			id++ // the declaration of xml
		}
		if m.hasXMLAttribute(n) && !m.hasXMLAttribute(n.Parent) {
			id++ // and another one for its attributes
		}
		for d := n.FirstDecl; d != nil; d = d.Next {
			if !m.isRepeated(d) {
				number(d)
			}
		}
		for a := n.FirstAttr; a != nil; a = a.Next {
			number(a)
		}
	}
	return m.fault.err
}

// numberSteps is the cost of a node in the map of numbers.
const numberSteps = 2

// isRepeated says whether a declaration only says again what one further out says.
func (m *machine) isRepeated(decl *xmldoc.Node) bool {
	for n := decl.Parent.Parent; n != nil; n = n.Parent {
		m.fault.spend(1)
		for d := n.FirstDecl; d != nil; d = d.Next {
			m.fault.spend(1)
			if d.Name.Local == decl.Name.Local {
				return d.Value == decl.Value
			}
		}
	}
	return false
}

// hasXMLAttribute says whether n or an ancestor has an attribute like xml:lang.
func (m *machine) hasXMLAttribute(n *xmldoc.Node) bool {
	for ; n != nil; n = n.Parent {
		m.fault.spend(1)
		for a := n.FirstAttr; a != nil; a = a.Next {
			m.fault.spend(1)
			if a.Name.Prefix == "xml" {
				return true
			}
		}
	}
	return false
}

// formatNumber is format-number(). Source: XSLT 1.0 §12.3.
func (c *compiler) formatNumber(el *xmldoc.Node) xpath.Function {
	return func(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		m := ctx.Host.(*machine)
		format := m.sheet.formats[expandedName{}]
		if len(args) == 3 {
			name, err := c.nameOf(ctx, el, args[2])
			if err != nil {
				return nil, err
			}
			format = m.sheet.formats[name] // an unknown name means the default one, as in the JDK
		}
		if format == nil {
			format = defaultDecimalFormat()
		}
		number, err := ctx.Number(args[0])
		if err != nil {
			return nil, err
		}
		pattern, err := ctx.Text(args[1])
		if err != nil {
			return nil, err
		}
		if err := ctx.Budget.Spend(formatSteps + int64(len(pattern))/lettersPerStep + xpath.DigitSteps(number,
			xpath.MaxDigits)); err != nil {
			return nil, err
		}
		text, err := format.format(number, pattern)
		if err != nil {
			return nil, err
		}
		return xpath.String(text), ctx.Budget.Spend(int64(len(text)) / lettersPerStep)
	}
}

// formatSteps is the cost of a short pattern.
const formatSteps = 8

// systemProperty is system-property(). Source: XSLT 1.0 §12.4; the vendor as JDK 17 names itself.
func systemProperty(el *xmldoc.Node) xpath.Function {
	return func(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		name, err := paidName(ctx, args[0])
		if err != nil {
			return nil, err
		}
		prefix, local := splitName(name)
		if space, _ := el.LookupPrefix(prefix); prefix == "" || space != Namespace {
			local = ""
		}
		switch local {
		case "version":
			return xpath.String("1.0"), nil // a string in the JDK
		case "vendor":
			return xpath.String("Apache Software Foundation (Xalan XSLTC)"), nil
		case "vendor-url":
			return xpath.String("http://xml.apache.org/xalan-j"), nil
		}
		return nil, errFailed("there is no such system property")
	}
}

// elementAvailable is element-available(). Source: XSLT 1.0 §15.
func elementAvailable(el *xmldoc.Node) xpath.Function {
	return func(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		name, err := paidName(ctx, args[0])
		return xpath.Boolean(err == nil && hasElement(el, name)), err
	}
}

func hasElement(el *xmldoc.Node, name string) bool {
	prefix, local := splitName(name)
	space, _ := el.LookupPrefix(prefix)
	return space == Namespace && (instructionNamed(local) != nil || isTopLevel(local))
}

// functionAvailable is function-available(). Source: XSLT 1.0 §15.
func functionAvailable(el *xmldoc.Node) xpath.Function {
	return func(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		name, err := paidName(ctx, args[0])
		return xpath.Boolean(err == nil && hasFunction(el, name)), err
	}
}

func hasFunction(el *xmldoc.Node, name string) bool {
	prefix, local := splitName(name)
	if prefix == "" {
		_, _, known := xsltFunction(name)
		return known || xpath.IsCoreFunction(name)
	}
	space, _ := el.LookupPrefix(prefix)
	return extensionNamed(space, local).call != nil
}

// rulesOut says whether a test is a call of function-available() or element-available() that is false. What such a test
// guards may call what is not there: the JDK does not compile it either.
func (c *compiler) rulesOut(el *xmldoc.Node, test string) bool {
	function, rest, _ := strings.Cut(test, "(")
	argument, ok := strings.CutSuffix(strings.TrimSpace(rest), ")")
	argument = strings.TrimSpace(argument)
	if !ok || len(argument) < 2 || strings.Count(argument, argument[:1]) != 2 ||
		argument[len(argument)-1] != argument[0] {
		return false
	}
	name := argument[1 : len(argument)-1]
	switch strings.TrimSpace(function) {
	case "function-available":
		return !hasFunction(el, name)
	case "element-available":
		return !hasElement(el, name)
	}
	return false
}

// extensionFunction finds a function of EXSLT.
func (c *compiler) extensionFunction(space, local string, argc int) (xpath.Function, error) {
	f := extensionNamed(space, local)
	known := f.call != nil
	switch {
	case !known && space == Namespace:
		return nil, errInvalid("xsl:%s is no function", local)
	case !known && c.dead > 0:
		return failingFunction(errForbidden("the extension function %s of %s is not in the sandbox", local, space)), nil
	case !known:
		return nil, errForbidden("the extension function %s of %s is not in the sandbox", local, space)
	case argc < f.least || argc > f.most:
		return nil, errInvalid("%s() has %d arguments", local, argc)
	}
	return f.call, nil
}
