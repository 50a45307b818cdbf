package xslt

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// variablesPerStep is how many names of variables or parameters are compared in a step.
const variablesPerStep = 8

// variable finds the value of a variable in scope.
func (m *machine) variable(space, local string) (xpath.Value, error) {
	for i := len(m.vars) - 1; i >= m.base; i-- {
		if n := m.vars[i].name; n.local == local && n.space == space {
			return m.vars[i].value, m.ctx.Budget.Spend(int64(len(m.vars)-i) / variablesPerStep)
		}
	}
	if err := m.ctx.Budget.Spend(1 + int64(len(m.vars)-m.base)/variablesPerStep); err != nil {
		return nil, err
	}
	i, ok := m.sheet.global[expandedName{space, local}]
	if !ok {
		return nil, errFailed("the variable %s has no value", local)
	}
	return m.globalValue(i)
}

// globalValue returns the value of a global variable, worked out at its first use. Source: XSLT 1.0 §11.4.
func (m *machine) globalValue(i int) (xpath.Value, error) {
	g := &m.values[i]
	v := m.sheet.globals[i]
	switch g.state {
	case globalDone:
		return g.value, nil
	case globalRunning:
		return nil, errFailed("the global variable %s depends on itself", v.name.local)
	}
	g.state = globalRunning
	if err := m.ctx.Budget.Enter(); err != nil {
		return nil, err
	}
	defer m.ctx.Budget.Leave()
	// The caller may be in the middle of an expression or a template: it finds everything as it was.
	ctx, was, base, low, high, out := m.ctx, m.focus, m.base, m.low, m.high, m.out
	m.focus = focus{m.source, 1, 1}
	m.base, m.low, m.high = len(m.vars), len(m.params), len(m.params)
	value, err := m.evaluate(v)
	m.ctx, m.focus, m.base, m.low, m.high, m.out = ctx, was, base, low, high, out
	if err != nil {
		return nil, err
	}
	g.state, g.value = globalDone, value
	return value, nil
}

// evaluate works out a variable at once, by running its body to the end.
func (m *machine) evaluate(v *variable) (xpath.Value, error) {
	if value, done, err := m.simpleValue(v); done {
		return value, err
	}
	tree := m.newTree(v.textOnly)
	m.out = tree
	floor := len(m.frames)
	m.push(frame{body: v.body})
	if err := m.run(floor); err != nil {
		return nil, err
	}
	return m.fragment(tree), m.fault.err
}

// simpleValue works out a variable that has no instructions in it.
func (m *machine) simpleValue(v *variable) (value xpath.Value, done bool, err error) {
	switch {
	case v.value != nil:
		value, err = v.value.Eval(m.context())
		return value, true, m.pay(value, err)
	case v.text != nil && *v.text == "":
		return xpath.String(""), true, nil
	case v.text != nil:
		tree := m.newTree(true)
		tree.characters(*v.text)
		return m.fragment(tree), true, m.fault.err
	}
	return nil, false, nil
}

// pay takes the size of a text from the budget, so that doubling a string ends.
func (m *machine) pay(value xpath.Value, err error) error {
	if s, ok := value.(xpath.String); ok && err == nil {
		if len(s) > m.limits.OutputBytes {
			return errOutput(m.limits.OutputBytes)
		}
		return m.ctx.Budget.SpendBytes(len(s))
	}
	return err
}

// treeSteps is the cost of beginning a tree: some 1,000 octets, which a variable may hold.
const treeSteps = 28

func (m *machine) newTree(textOnly bool) *treeReceiver {
	m.fault.spend(treeSteps)
	return newTreeReceiver(m.seq, m.limits.Nodes-m.nodes, textOnly, &m.fault)
}

func (m *machine) fragment(t *treeReceiver) xpath.Value {
	doc := t.document()
	m.countNodes(t.tree)
	if !t.textOnly && m.fault.err == nil {
		var err error
		if doc, err = m.prepare(doc); err != nil { // the JDK strips white space there too
			m.fault.fail(err)
		}
	}
	if t.textOnly && t.anyRaw && doc.FirstChild != nil {
		if m.rawText == nil {
			m.rawText = map[*xmldoc.Node][]textPiece{}
		}
		m.rawText[doc.FirstChild] = t.pieces
	}
	return xpath.Fragment{Root: doc}
}

// countNodes counts the nodes of a finished tree.
func (m *machine) countNodes(tree *xmldoc.Builder) {
	if m.nodes += tree.Len(); m.nodes > m.limits.Nodes {
		m.fault.fail(errNodes(m.limits.Nodes))
	}
}
