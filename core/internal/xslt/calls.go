package xslt

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// call is what xsl:call-template and xsl:apply-templates share: the parameters, and then the start of it.
type call struct {
	params []*variable
	slow   []instruction // the parameters one by one, then start, when one of them has content
	start  func(m *machine, low int) error
}

// prepare readies the call after its parameters and start are set.
func (k *call) prepare() {
	content := false
	for _, p := range k.params {
		content = content || p.body != nil
	}
	if !content {
		return
	}
	for _, p := range k.params {
		k.slow = append(k.slow, (*withParam)(p))
	}
	k.slow = append(k.slow, (*starter)(k))
}

func (k *call) exec(m *machine) error {
	if k.slow != nil {
		m.push(frame{body: k.slow})
		return nil
	}
	if err := m.ctx.Budget.Spend(int64(len(k.params))); err != nil {
		return err
	}
	low := len(m.params)
	for _, p := range k.params {
		value, _, err := m.simpleValue(p)
		if err != nil {
			return err
		}
		m.params = append(m.params, bound{&p.name, value})
	}
	return m.begin(k, low)
}

// begin starts the call with the parameters from low on; they go when it ends.
func (m *machine) begin(k *call, low int) error {
	before := len(m.frames)
	if err := k.start(m, low); err != nil {
		return err
	}
	if len(m.frames) > before {
		m.frames[before].param = low
	} else {
		m.params = m.params[:low]
	}
	return nil
}

// withParam works out one parameter of a call that has content in one of them.
type withParam variable

func (p *withParam) exec(m *machine) error {
	value, done, err := m.simpleValue((*variable)(p))
	if err != nil {
		return err
	}
	if done {
		m.give(&p.name, value)
		return nil
	}
	m.capture(m.newTree(p.textOnly), p.body, p)
	return nil
}

func (p *withParam) captured(m *machine, r receiver) error {
	m.give(&p.name, m.fragment(r.(*treeReceiver)))
	return m.fault.err
}

func (m *machine) give(name *expandedName, value xpath.Value) {
	m.params = append(m.params, bound{name, value})
}

// starter begins a call once its parameters are there.
type starter call

func (s *starter) exec(m *machine) error {
	return m.begin((*call)(s), m.frames[len(m.frames)-1].param)
}

// callTemplate compiles xsl:call-template. Source: XSLT 1.0 §6.
func (c *compiler) callTemplate(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el, "name"); err != nil {
		return nil, err
	}
	if err := c.onlyChildren(el, "with-param"); err != nil {
		return nil, err
	}
	qualified, err := c.required(el, "name")
	if err != nil {
		return nil, err
	}
	name, err := c.name(el, qualified)
	if err != nil {
		return nil, err
	}
	t := c.sheet.named[name]
	if t == nil {
		return nil, errInvalid("no template is called %s", qualified)
	}
	k := &call{start: func(m *machine, low int) error { return m.invoke(t, low, len(m.params)) }}
	if k.params, err = c.withParams(el); err != nil {
		return nil, err
	}
	k.prepare()
	return k, nil
}

// applyTemplates compiles xsl:apply-templates. Source: XSLT 1.0 §5.4.
func (c *compiler) applyTemplates(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el, "select mode"); err != nil {
		return nil, err
	}
	if err := c.onlyChildren(el, "with-param sort"); err != nil {
		return nil, err
	}
	mode, err := c.mode(el)
	if err != nil {
		return nil, err
	}
	a := &applier{mode: mode}
	if source, ok := el.AttrValue("select"); ok {
		if a.nodes, err = c.expr(el, source); err != nil {
			return nil, err
		}
	}
	c.sheet.reads = true // the built-in rules copy text
	if a.sorts, err = c.sorts(el); err != nil {
		return nil, err
	}
	k := &call{start: a.start}
	if k.params, err = c.withParams(el); err != nil {
		return nil, err
	}
	k.prepare()
	return k, nil
}

type applier struct {
	nodes *xpath.Expr // nil: the children
	mode  expandedName
	sorts []*sortKey
}

func (a *applier) start(m *machine, low int) (err error) {
	nodes := xpath.NodeSet(nil)
	if a.nodes == nil {
		nodes, err = m.children(m.focus.node)
	} else {
		nodes, err = a.nodes.EvalNodes(m.context())
	}
	if err != nil {
		return err
	}
	if len(a.sorts) > 0 {
		if nodes, err = m.sort(nodes, a.sorts); err != nil {
			return err
		}
	}
	if len(nodes) > 0 {
		m.push(frame{kind: applyFrame, nodes: nodes, rules: m.sheet.ruleSet(a.mode), low: low, high: len(m.params)})
	}
	return nil
}

// applyImports is xsl:apply-imports: nothing is ever imported, so the built-in rule applies. Source: XSLT 1.0 §5.6.
type applyImports struct{ mode expandedName }

func (c *compiler) applyImports(el *xmldoc.Node) (instruction, error) {
	if err := c.onlyChildren(el, ""); err != nil {
		return nil, err
	}
	i := &applyImports{}
	for n := el; n != nil && n.Kind == xmldoc.Element; n = n.Parent {
		if n.Is(Namespace, "template") {
			mode, err := c.mode(n)
			if err != nil {
				return nil, err
			}
			i.mode = mode
		}
	}
	c.sheet.reads = true
	return i, nil
}

func (i *applyImports) exec(m *machine) error {
	return m.applyBuiltIn(m.sheet.ruleSet(i.mode), len(m.params), len(m.params))
}
