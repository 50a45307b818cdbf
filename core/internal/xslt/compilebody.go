package xslt

import (
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// body compiles the content of an element: a sequence constructor. Variables that it declares go out of scope at its
// end.
func (c *compiler) body(el *xmldoc.Node) ([]instruction, error) {
	if c.depth++; c.depth > maxNesting {
		return nil, bcperr.New(bcperr.LimitExceeded, "the stylesheet nests more than %d elements", maxNesting)
	}
	defer func(scope int) {
		c.locals = c.locals[:c.scope]
		c.scope = scope
		c.depth--
	}(c.scope)
	c.scope = len(c.locals)
	var body []instruction
	for n := el.FirstChild; n != nil; {
		if n.Kind != xmldoc.Element {
			var text string
			text, n = textRun(n)
			if keepsText(el, text) {
				body = append(body, &textInstruction{text: text})
			}
			continue
		}
		if c.fault.spend(elementSteps); c.fault.err != nil {
			return nil, c.fault.err
		}
		i, err := c.instruction(n)
		if err != nil {
			return nil, err
		}
		if i != nil {
			body = append(body, i)
		}
		n = n.Next
	}
	return body, nil
}

// textRun joins the text from n to the next element: comments and processing instructions of a stylesheet do not count.
func textRun(n *xmldoc.Node) (text string, next *xmldoc.Node) {
	var parts []string
	for ; n != nil && n.Kind != xmldoc.Element; n = n.Next {
		if n.Kind == xmldoc.Text {
			parts = append(parts, n.Value)
		}
	}
	return strings.Join(parts, ""), n
}

// keepsText says whether text in a stylesheet is more than layout. Source: XSLT 1.0 §3.4; JDK 17, which takes xml:space
// from the parent only, and only on literal result elements.
func keepsText(parent *xmldoc.Node, text string) bool {
	if strings.Trim(text, " \t\r\n") != "" {
		return true
	}
	if text == "" || parent.Name.Space == Namespace {
		return false
	}
	space := parent.Attr(xmldoc.XMLNamespace, "space")
	return space != nil && space.Value == "preserve"
}

// instruction compiles one element of a body; nil means that it does nothing.
func (c *compiler) instruction(el *xmldoc.Node) (instruction, error) {
	if el.Name.Space != Namespace {
		if c.extended[el.Name.Space] {
			return c.fallback(el)
		}
		return c.literal(el)
	}
	compile := instructionNamed(el.Name.Local)
	if compile == nil {
		if isTopLevel(el.Name.Local) || !c.forwards(el) {
			return nil, errInvalid("xsl:%s is no instruction of XSLT 1.0", el.Name.Local)
		}
		return c.fallback(el)
	}
	return compile(c, el)
}

func isTopLevel(name string) bool {
	switch name {
	case "attribute-set", "decimal-format", "import", "include", "key", "namespace-alias", "output", "preserve-space",
		"strip-space", "stylesheet", "template", "transform":
		return true
	}
	return false
}

// instructionNamed returns what compiles an element that may stand in a body, or nil.
func instructionNamed(name string) func(*compiler, *xmldoc.Node) (instruction, error) {
	switch name {
	case "apply-imports":
		return (*compiler).applyImports
	case "apply-templates":
		return (*compiler).applyTemplates
	case "attribute":
		return (*compiler).attributeInstruction
	case "call-template":
		return (*compiler).callTemplate
	case "choose":
		return (*compiler).choose
	case "comment":
		return (*compiler).comment
	case "copy":
		return (*compiler).copy
	case "copy-of":
		return (*compiler).copyOf
	case "element":
		return (*compiler).element
	case "fallback":
		return (*compiler).nothing
	case "for-each":
		return (*compiler).forEach
	case "if":
		return (*compiler).ifInstruction
	case "message":
		return (*compiler).message
	case "number":
		return (*compiler).number
	case "param", "variable":
		return (*compiler).localVariable
	case "processing-instruction":
		return (*compiler).procInst
	case "sort", "with-param", "when", "otherwise":
		return (*compiler).misplaced
	case "text":
		return (*compiler).text
	case "value-of":
		return (*compiler).valueOf
	}
	return nil
}

func (c *compiler) nothing(*xmldoc.Node) (instruction, error) { return nil, nil }

func (c *compiler) misplaced(el *xmldoc.Node) (instruction, error) {
	switch parent := el.Parent.Name; {
	case el.Name.Local == "sort" && parent.Space == Namespace &&
		(parent.Local == "for-each" || parent.Local == "apply-templates"):
		return nil, nil // compiled with its parent
	case c.sheet.compatible:
		return nil, nil
	}
	return nil, errInvalid("xsl:%s stands in the wrong place", el.Name.Local)
}

// forwards says whether el is processed in forwards-compatible mode. Source: XSLT 1.0 §2.5.
func (c *compiler) forwards(el *xmldoc.Node) bool {
	for n := el; n != nil && n.Kind == xmldoc.Element; n = n.Parent {
		if n.Name.Space != Namespace {
			if v := n.Attr(Namespace, "version"); v != nil {
				return isForwards(v.Value)
			}
		}
	}
	return c.sheet.compatible
}

// fallback compiles the xsl:fallback children of an element that is not known.
//
// Errors: xslt-forbidden for an extension element that has none.
func (c *compiler) fallback(el *xmldoc.Node) (instruction, error) {
	var body []instruction
	found := false
	for child := range el.Elements() {
		if !child.Is(Namespace, "fallback") {
			continue
		}
		found = true
		part, err := c.body(child)
		if err != nil {
			return nil, err
		}
		body = append(body, part...)
	}
	if found {
		return &group{body: body}, nil
	}
	if el.Name.Space != Namespace {
		return nil, errForbidden("the extension element %s has no xsl:fallback", el.Name.Qualified())
	}
	return &failing{errFailed("xsl:%s is not known and has no xsl:fallback", el.Name.Local)}, nil
}

// textContent compiles a body; text is set when it is that text alone.
func (c *compiler) textContent(el *xmldoc.Node) (body []instruction, text *string, err error) {
	if body, err = c.body(el); err != nil {
		return nil, nil, err
	}
	if len(body) == 0 {
		return nil, new(string), nil
	}
	if t, ok := body[0].(*textInstruction); ok && len(body) == 1 && !t.raw {
		return nil, &t.text, nil
	}
	return body, nil, nil
}

// localVariable compiles xsl:variable and xsl:param inside a template. Source: XSLT 1.0 §11.5.
func (c *compiler) localVariable(el *xmldoc.Node) (instruction, error) {
	name, err := c.variableName(el)
	if err != nil {
		return nil, err
	}
	v := &variable{name: name, param: el.Name.Local == "param"}
	if err := c.variableValue(el, v); err != nil {
		return nil, err
	}
	c.fault.spend(len(c.locals) / lookedAtPerStep)
	if slices.ContainsFunc(c.locals[c.scope:], func(other *variable) bool { return other.name == name }) {
		return nil, errInvalid("the variable %s is declared twice", name.local)
	}
	if len(c.locals) >= maxTogether {
		return nil, errTogether("variables")
	}
	c.locals = append(c.locals, v)
	return v, nil
}

// variableValue compiles what a variable, a parameter or an xsl:with-param is bound to. Source: XSLT 1.0 §11.2.
func (c *compiler) variableValue(el *xmldoc.Node, v *variable) (err error) {
	if source, ok := el.AttrValue("select"); ok {
		v.value, err = c.expr(el, source)
		return err
	}
	if v.body, v.text, err = c.textContent(el); err != nil {
		return err
	}
	if v.text != nil {
		c.sheet.addWord(*v.text)
	}
	if v.body == nil && *v.text == "" && hasContent(el) {
		v.body, v.text = []instruction{}, nil // an empty fragment, which is true; nothing at all is the empty string
	}
	v.textOnly = makesText(v.body)
	return nil
}

// hasContent says whether an element has anything in it but comments and processing instructions.
func hasContent(el *xmldoc.Node) bool {
	for n := el.FirstChild; n != nil; n = n.Next {
		if n.Kind == xmldoc.Element || n.Kind == xmldoc.Text {
			return true
		}
	}
	return false
}

// makesText says whether a body makes text alone, as far as it shows.
func makesText(body []instruction) bool {
	for _, i := range body {
		switch i := i.(type) {
		case *textInstruction, *valueOf, *numberInstruction, *call:
		case *conditional:
			if !makesText(i.body) {
				return false
			}
		case *choose:
			for _, branch := range i.branches {
				if !makesText(branch.body) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// withParams compiles the xsl:with-param children. Source: XSLT 1.0 §11.6.
func (c *compiler) withParams(el *xmldoc.Node) (params []*variable, err error) {
	for child := range el.Elements() {
		if !child.Is(Namespace, "with-param") {
			continue
		}
		v := &variable{}
		if v.name, err = c.variableName(child); err != nil {
			return nil, err
		}
		if err = c.variableValue(child, v); err != nil {
			return nil, err
		}
		// Of two with one name the JDK takes the last.
		c.fault.spend(len(params) / lookedAtPerStep)
		params = slices.DeleteFunc(params, func(p *variable) bool { return p.name == v.name })
		if len(params) >= maxTogether {
			return nil, errTogether("parameters")
		}
		params = append(params, v)
	}
	return params, nil
}

// onlyChildren refuses content that an instruction does not have.
func (c *compiler) onlyChildren(el *xmldoc.Node, allowed string) error {
	for n := el.FirstChild; n != nil; n = n.Next {
		switch {
		case n.Kind == xmldoc.Text && strings.Trim(n.Value, " \t\r\n") == "":
		case n.Kind == xmldoc.Comment || n.Kind == xmldoc.ProcInst:
		case n.Kind == xmldoc.Element && n.Name.Space == Namespace && strings.Contains(" "+allowed+" ",
			" "+n.Name.Local+" "):
		case !c.sheet.compatible && n.Kind == xmldoc.Element:
			return errInvalid("%s cannot stand in xsl:%s", n.Name.Qualified(), el.Name.Local)
		}
	}
	return nil
}
