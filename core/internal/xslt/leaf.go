package xslt

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// commentInstruction is xsl:comment. Source: XSLT 1.0 §7.4.
type commentInstruction struct{ body []instruction }

func (c *compiler) comment(el *xmldoc.Node) (instruction, error) {
	body, err := c.body(el)
	return &commentInstruction{body}, err
}

func (i *commentInstruction) exec(m *machine) error {
	m.captureText(i.body, i)
	return nil
}

func (i *commentInstruction) captured(m *machine, r receiver) error {
	m.out.comment(m.capturedText(r))
	return nil
}

// procInstInstruction is xsl:processing-instruction. Source: XSLT 1.0 §7.3.
type procInstInstruction struct {
	name *valueTemplate
	body []instruction
}

func (c *compiler) procInst(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el, "name"); err != nil {
		return nil, err
	}
	source, err := c.required(el, "name")
	if err != nil {
		return nil, err
	}
	name, err := c.valueTemplate(el, source)
	if err != nil {
		return nil, err
	}
	body, err := c.body(el)
	return &procInstInstruction{name, body}, err
}

func (i *procInstInstruction) exec(m *machine) error {
	m.captureText(i.body, i)
	return nil
}

func (i *procInstInstruction) captured(m *machine, r receiver) error {
	data := m.capturedText(r)
	target, err := i.name.eval(m)
	if err != nil {
		return err
	}
	m.fault.spend(len(target) / lettersPerStep)
	if !xmldoc.IsNCName(target) || strings.EqualFold(target, "xml") {
		return errFailed("xsl:processing-instruction: what was worked out is no name")
	}
	m.out.procInst(target, data)
	return nil
}
