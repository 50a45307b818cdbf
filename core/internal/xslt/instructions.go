package xslt

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// textInstruction writes text of the stylesheet. Source: XSLT 1.0 §7.2.
type textInstruction struct {
	text string
	raw  bool
}

func (i *textInstruction) exec(m *machine) error {
	m.write(i.text, i.raw)
	return nil
}

func (m *machine) write(text string, raw bool) {
	if !raw {
		m.out.characters(text)
		return
	}
	was := m.out.escaping(false)
	m.out.characters(text)
	m.out.escaping(was)
}

func (c *compiler) text(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el, "disable-output-escaping"); err != nil {
		return nil, err
	}
	if el.FirstElement() != nil {
		return nil, errInvalid("xsl:text has an element in it")
	}
	text, _ := textRun(el.FirstChild)
	if text == "" {
		return nil, nil
	}
	return &textInstruction{text: text, raw: isYes(el, "disable-output-escaping")}, nil
}

func isYes(el *xmldoc.Node, attribute string) bool {
	value, _ := el.AttrValue(attribute)
	return value == "yes"
}

// valueOf writes the string value of an expression. Source: XSLT 1.0 §7.6.1.
type valueOf struct {
	value *xpath.Expr
	raw   bool
}

func (c *compiler) valueOf(el *xmldoc.Node) (instruction, error) {
	value, err := c.selectAttribute(el, "select disable-output-escaping")
	if err != nil {
		return nil, err
	}
	return &valueOf{value: value, raw: isYes(el, "disable-output-escaping")}, nil
}

// selectAttribute compiles the select attribute, which must be there.
func (c *compiler) selectAttribute(el *xmldoc.Node, allowed string) (*xpath.Expr, error) {
	if err := c.checkAttributes(el, allowed); err != nil {
		return nil, err
	}
	source, err := c.required(el, "select")
	if err != nil {
		return nil, err
	}
	return c.expr(el, source)
}

func (i *valueOf) exec(m *machine) error {
	text, err := i.value.EvalString(m.context())
	if err != nil {
		return err
	}
	m.write(text, i.raw)
	return nil
}

// group is a body that stands for an element which is not known: its fallback.
type group struct{ body []instruction }

func (i *group) exec(m *machine) error {
	m.push(frame{body: i.body})
	return nil
}

// failing is an instruction that cannot be carried out.
type failing struct{ err error }

func (i *failing) exec(*machine) error { return i.err }

// conditional is xsl:if, or one branch of xsl:choose; a nil test is xsl:otherwise. Source: XSLT 1.0 §9.
type conditional struct {
	test *xpath.Expr
	body []instruction
}

func (c *compiler) conditional(el *xmldoc.Node) (*conditional, error) {
	if err := c.checkAttributes(el, "test"); err != nil {
		return nil, err
	}
	source, err := c.required(el, "test")
	if err != nil {
		return nil, err
	}
	i := &conditional{}
	if i.test, err = c.shapeExpr(el, source); err != nil {
		return nil, err
	}
	if c.rulesOut(el, source) {
		c.dead++
		defer func() { c.dead-- }()
	}
	i.body, err = c.body(el)
	return i, err
}

func (c *compiler) ifInstruction(el *xmldoc.Node) (instruction, error) { return c.conditional(el) }

func (i *conditional) exec(m *machine) error {
	_, err := i.try(m)
	return err
}

// try starts the body if the test holds.
func (i *conditional) try(m *machine) (bool, error) {
	if i.test != nil {
		if err := m.ctx.Budget.Spend(1); err != nil {
			return false, err
		}
		holds, err := i.test.EvalBool(m.context())
		if err != nil || !holds {
			return false, err
		}
	}
	if len(i.body) > 0 {
		m.push(frame{body: i.body})
	}
	return true, nil
}

// choose is xsl:choose.
type choose struct{ branches []*conditional }

func (c *compiler) choose(el *xmldoc.Node) (instruction, error) {
	if err := c.onlyChildren(el, "when otherwise"); err != nil {
		return nil, err
	}
	i := &choose{}
	var otherwise *conditional
	for child := range el.Elements() {
		switch {
		case child.Is(Namespace, "when"):
			branch, err := c.conditional(child)
			if err != nil {
				return nil, err
			}
			i.branches = append(i.branches, branch)
		case child.Is(Namespace, "otherwise"):
			if otherwise != nil {
				return nil, errInvalid("xsl:choose has two xsl:otherwise")
			}
			body, err := c.body(child)
			if err != nil {
				return nil, err
			}
			otherwise = &conditional{body: body}
		}
	}
	if len(i.branches) == 0 {
		return nil, errInvalid("xsl:choose has no xsl:when")
	}
	if otherwise != nil {
		i.branches = append(i.branches, otherwise) // the last one wherever it stands, as in the JDK
	}
	return i, nil
}

func (i *choose) exec(m *machine) error {
	for _, branch := range i.branches {
		taken, err := branch.try(m)
		if taken || err != nil {
			return err
		}
	}
	return nil
}

// forEach is xsl:for-each. Source: XSLT 1.0 §8.
type forEach struct {
	nodes *xpath.Expr
	sorts []*sortKey
	body  []instruction
}

func (c *compiler) forEach(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el, "select"); err != nil {
		return nil, err
	}
	source, err := c.required(el, "select")
	if err != nil {
		return nil, err
	}
	i := &forEach{}
	if i.nodes, err = c.shapeExpr(el, source); err != nil {
		return nil, err
	}
	if i.sorts, err = c.sorts(el); err != nil {
		return nil, err
	}
	i.body, err = c.body(el)
	return i, err
}

func (i *forEach) exec(m *machine) error {
	nodes, err := i.nodes.EvalNodes(m.context())
	if err != nil {
		return err
	}
	if len(i.sorts) > 0 {
		if nodes, err = m.sort(nodes, i.sorts); err != nil {
			return err
		}
	}
	if len(nodes) > 0 {
		m.push(frame{kind: loopFrame, body: i.body, next: len(i.body), nodes: nodes})
	}
	return nil
}

// exec binds a local variable or parameter.
func (v *variable) exec(m *machine) error {
	if !v.used && !v.param {
		return nil
	}
	if v.param {
		if err := m.ctx.Budget.Spend(int64(m.high-m.low) / variablesPerStep); err != nil {
			return err
		}
		for i := m.low; i < m.high; i++ {
			if *m.params[i].name == v.name {
				m.vars = append(m.vars, bound{&v.name, m.params[i].value})
				return nil
			}
		}
	}
	value, done, err := m.simpleValue(v)
	if err != nil {
		return err
	}
	if done {
		m.vars = append(m.vars, bound{&v.name, value})
		return nil
	}
	m.capture(m.newTree(v.textOnly), v.body, v)
	return nil
}

func (v *variable) captured(m *machine, r receiver) error {
	m.vars = append(m.vars, bound{&v.name, m.fragment(r.(*treeReceiver))})
	return m.fault.err
}

// capture runs a body with its output going to a receiver of its own.
func (m *machine) capture(to receiver, body []instruction, end capturer) {
	m.push(frame{kind: captureFrame, body: body, out: m.out, end: end})
	m.out = to
}

// captureText runs a body for its text.
func (m *machine) captureText(body []instruction, end capturer) {
	var v *stringValue
	if n := len(m.strings); n > 0 {
		v, m.strings = m.strings[n-1], m.strings[:n-1]
	} else {
		v = &stringValue{max: m.limits.OutputBytes, fault: &m.fault}
	}
	m.capture(v, body, end)
}

// capturedText returns what captureText collected.
func (m *machine) capturedText(r receiver) string {
	v := r.(*stringValue)
	text := v.String()
	v.reset()
	m.strings = append(m.strings, v)
	return text
}

// messageSteps is the cost of a serializer of its own: 1,500 octets.
const messageSteps = 48

// message is xsl:message. Source: XSLT 1.0 §13.
type message struct {
	body      []instruction
	terminate bool
}

func (c *compiler) message(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el, "terminate"); err != nil {
		return nil, err
	}
	body, err := c.body(el)
	return &message{body: body, terminate: isYes(el, "terminate")}, err
}

func (i *message) exec(m *machine) error {
	if err := m.ctx.Budget.Spend(messageSteps); err != nil {
		return err
	}
	props := outputProperties{omitDeclaration: true}
	m.capture(newXMLSerializer(&props, m.limits.OutputBytes, &m.fault), i.body, i)
	return nil
}

func (i *message) captured(m *machine, r receiver) error {
	r.endDocument()
	text := string(r.(*xmlSerializer).out)
	if m.written += len(text); m.written > m.limits.OutputBytes {
		return errOutput(m.limits.OutputBytes)
	}
	m.messages = append(m.messages, text)
	if i.terminate {
		return errFailed("the stylesheet ended the transformation (xsl:message)")
	}
	return nil
}
