package xslt

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// xsltFunctions are the functions that XSLT adds to XPath, with the least and the most arguments they take.
//
// Source: XSLT 1.0 §12, §15.
var xsltFunctions = map[string][2]int{
	"current": {0, 0}, "document": {1, 2}, "element-available": {1, 1}, "format-number": {2, 3}, "function-available": {1, 1},
	"generate-id": {0, 1}, "key": {2, 2}, "system-property": {1, 1}, "unparsed-entity-uri": {1, 1},
}

// function finds an extension function for an expression that stands at el.
//
// Errors: xslt-forbidden for document() and for code of other languages; xslt-invalid for what is not known.
func (c *compiler) function(el *xmldoc.Node, space, local string, argc int) (xpath.Function, error) {
	if space != "" {
		return c.extensionFunction(space, local, argc)
	}
	count, known := xsltFunctions[local]
	switch {
	case local == "document":
		return nil, errForbidden("document() reads another document")
	case !known:
		if c.sheet.compatible {
			return failingFunction(errFailed("the function %s() is not known", local)), nil
		}
		return nil, errInvalid("the function %s() is not known", local)
	case argc < count[0] || argc > count[1]:
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
		return c.functionAvailable(el), nil
	}
	return unparsedEntityURI, nil
}

// failingFunction is called only where a stylesheet did not look at function-available() first.
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
		name, err := c.name(el, xpath.ToString(args[0]))
		if err != nil {
			return nil, err
		}
		if m.sheet.keys[name] == nil {
			return xpath.NodeSet(nil), nil
		}
		saved := *ctx
		index, err := m.keyIndex(name, ctx.Node)
		ctx.Node, ctx.Position, ctx.Size = saved.Node, saved.Position, saved.Size
		if err != nil {
			return nil, err
		}
		values, ok := args[1].(xpath.NodeSet)
		if !ok {
			return index[xpath.ToString(args[1])], nil
		}
		var found xpath.NodeSet
		for _, v := range values {
			found = append(found, index[xpath.StringValue(v)]...)
			if err := ctx.Budget.Spend(1); err != nil {
				return nil, err
			}
		}
		return xpath.SortNodes(found), nil
	}
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
	return xpath.String(ctx.Host.(*machine).nodeID(n)), nil
}

// nodeID numbers the nodes in the order in which they are asked for.
func (m *machine) nodeID(n *xmldoc.Node) string {
	if id, ok := m.ids[n]; ok {
		return id
	}
	if m.ids == nil {
		m.ids = map[*xmldoc.Node]string{}
	}
	id := "N" + xpath.FormatNumber(float64(len(m.ids)+1))
	m.ids[n] = id
	return id
}

// formatNumber is format-number(). Source: XSLT 1.0 §12.3.
func (c *compiler) formatNumber(el *xmldoc.Node) xpath.Function {
	return func(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		m := ctx.Host.(*machine)
		format := m.sheet.formats[expandedName{}]
		if len(args) == 3 {
			name, err := c.name(el, xpath.ToString(args[2]))
			if err != nil {
				return nil, err
			}
			if format = m.sheet.formats[name]; format == nil {
				return nil, errFailed("no decimal format is called %s", name.local)
			}
		}
		if format == nil {
			format = defaultDecimalFormat()
		}
		text, err := format.format(xpath.ToNumber(args[0]), xpath.ToString(args[1]))
		return xpath.String(text), err
	}
}

// systemProperty is system-property(). Source: XSLT 1.0 §12.4; the vendor as JDK 17 names itself.
func systemProperty(el *xmldoc.Node) xpath.Function {
	return func(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		prefix, local := splitName(xpath.ToString(args[0]))
		if space, _ := el.LookupPrefix(prefix); prefix == "" || space != Namespace {
			return xpath.String(""), nil
		}
		switch local {
		case "version":
			return xpath.String("1.0"), nil // a string in the JDK
		case "vendor":
			return xpath.String("Apache Software Foundation (Xalan XSLTC)"), nil
		case "vendor-url":
			return xpath.String("http://xml.apache.org/xalan-j"), nil
		}
		return xpath.String(""), nil
	}
}

// elementAvailable is element-available(). Source: XSLT 1.0 §15.
func elementAvailable(el *xmldoc.Node) xpath.Function {
	return func(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		prefix, local := splitName(xpath.ToString(args[0]))
		space, _ := el.LookupPrefix(prefix)
		_, known := instructions[local]
		return xpath.Boolean(space == Namespace && (known || topLevel[local])), nil
	}
}

// functionAvailable is function-available(). Source: XSLT 1.0 §15.
func (c *compiler) functionAvailable(el *xmldoc.Node) xpath.Function {
	return func(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		name := xpath.ToString(args[0])
		prefix, local := splitName(name)
		if prefix == "" {
			_, known := xsltFunctions[name]
			return xpath.Boolean(known || xpath.IsCoreFunction(name)), nil
		}
		space, _ := el.LookupPrefix(prefix)
		return xpath.Boolean(extensions[expandedName{space, local}].call != nil), nil
	}
}

// extensionFunction finds a function of EXSLT.
func (c *compiler) extensionFunction(space, local string, argc int) (xpath.Function, error) {
	f, known := extensions[expandedName{space, local}]
	switch {
	case !known && strings.HasPrefix(space, "http://exslt.org/"):
		return nil, errForbidden("the function %s of %s is not in the sandbox", local, space)
	case !known && strings.Contains(space, "java"), strings.HasPrefix(space, "http://xml.apache.org/"):
		return nil, errForbidden("the function %s calls code outside the stylesheet", local)
	case !known && space == Namespace:
		return nil, errInvalid("xsl:%s is no function", local)
	case !known && argc > 0:
		return nil, errForbidden("the extension function %s of %s is not known", local, space)
	case !known:
		return failingFunction(errFailed("the extension function %s of %s is not known", local, space)), nil
	case argc < f.least || argc > f.most:
		return nil, errInvalid("%s() has %d arguments", local, argc)
	}
	if f.context {
		c.sheet.reads = true
	}
	return f.call, nil
}
