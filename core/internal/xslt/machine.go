package xslt

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// Limits bounds one transformation.
type Limits struct {
	Steps       int64 // instructions, nodes visited, and pieces of text
	Depth       int   // templates and attribute sets that wait for one another
	Nodes       int   // of all result tree fragments together
	OutputBytes int   // of the result, and of any single text
}

// DefaultLimits is ample for cache keys: the corpus' largest needs 60,000 steps and 1,500 levels.
var DefaultLimits = Limits{
	Steps:       20_000_000, // about two seconds natively
	Depth:       10_000,     // a frame is about 250 octets
	Nodes:       500_000,    // 88 octets each
	OutputBytes: 8 << 20,    // a payload of 1 MiB, copied with every character a reference
}

// Result is what a transformation made.
type Result struct {
	Output   []byte   // UTF-8 whatever xsl:output says: the text that the JDK gives a StringWriter
	Messages []string // of xsl:message, in order
}

// Transform applies the stylesheet to a document: a tree whose root is a Document node.
//
// Errors: xslt-failed, also for xsl:message terminate="yes"; limit-exceeded. Messages are set either way.
func (s *Stylesheet) Transform(source *xmldoc.Node, limits Limits) (Result, error) {
	m := &machine{
		sheet:  s,
		limits: limits,
		seq:    xmldoc.SequenceAfter(source),
		values: make([]global, len(s.globals)),
	}
	m.ctx = xpath.Context{
		Variable: m.variable,
		Budget:   &xpath.Budget{Steps: limits.Steps, MaxDepth: limits.Depth},
		Host:     m,
	}
	m.source = s.prepare(source, m.seq)
	m.focus = focus{m.source, 1, 1}
	output, err := m.transform()
	return Result{Output: output, Messages: m.messages}, err
}

// machine runs one transformation.
type machine struct {
	sheet    *Stylesheet
	limits   Limits
	source   *xmldoc.Node
	seq      *xmldoc.Sequence
	ctx      xpath.Context
	fault    fault
	frames   []frame
	focus    focus
	out      receiver
	depth    int
	vars     []bound // of the templates that run; those from base on are in scope
	base     int
	params   []bound // given to templates; those from low on to the current one
	low      int
	high     int
	values   []global
	keys     map[expandedName]keyIndex
	ids      map[*xmldoc.Node]int // for generate-id()
	prefixes int                  // generated so far
	messages []string
	written  int                          // octets of messages
	strings  []*stringValue               // to use again
	nodes    int                          // of finished result tree fragments
	rawText  map[*xmldoc.Node][]textPiece // text of fragments with disable-output-escaping in it
}

// focus is the context of an instruction.
type focus struct {
	node           *xmldoc.Node
	position, size int
}

type bound struct {
	name  *expandedName
	value xpath.Value
}

type global struct {
	state uint8
	value xpath.Value
}

const (
	globalWaiting uint8 = iota
	globalRunning
	globalDone
)

// frame is a body that is being worked off, and what is to be restored after it.
type frame struct {
	body  []instruction
	next  int
	kind  frameKind
	focus focus
	vars  int
	param int // len(m.params) before it

	// elements: the name to close. Captures: where the output went before, and who takes what was captured.
	name string
	out  receiver
	end  capturer

	// loops: the nodes and the next one; rules is set when templates are applied.
	nodes xpath.NodeSet
	index int
	rules *ruleSet

	// templates, and loops that apply them.
	base, low, high int
}

type frameKind uint8

const (
	plainFrame frameKind = iota
	elementFrame
	captureFrame
	loopFrame
	applyFrame
	templateFrame
)

// capturer takes what a body wrote into a receiver of its own.
type capturer interface {
	captured(m *machine, r receiver) error
}

func (m *machine) transform() ([]byte, error) {
	props := &m.sheet.output
	max := m.limits.OutputBytes
	var text func() []byte
	switch props.method {
	case "xml":
		s := newXMLSerializer(props, max, &m.fault)
		m.out, text = s, func() []byte { return s.out }
	case "html":
		s := newHTMLSerializer(props, max, &m.fault)
		m.out, text = s, func() []byte { return s.out }
	case "text":
		s := newTextSerializer(props, max, &m.fault)
		m.out, text = s, func() []byte { return s.out }
	default:
		s := newUnknownSerializer(props, max, &m.fault)
		m.out, text = s, s.bytes
	}
	for i := range m.sheet.globals {
		if _, err := m.globalValue(i); err != nil {
			return nil, err
		}
	}
	m.push(frame{kind: applyFrame, nodes: xpath.NodeSet{m.source}, rules: m.sheet.ruleSet(expandedName{})})
	if err := m.run(0); err != nil {
		return nil, err
	}
	m.out.endDocument()
	return text(), m.fault.err
}

func (s *Stylesheet) ruleSet(mode expandedName) *ruleSet {
	if rules := s.modes[mode]; rules != nil {
		return rules
	}
	return s.builtin
}

// push starts a body; what it changes is restored at its end.
func (m *machine) push(f frame) {
	f.focus, f.vars = m.focus, len(m.vars)
	f.param = len(m.params)
	m.frames = append(m.frames, f)
}

// run works off the frames above floor.
func (m *machine) run(floor int) error {
	for len(m.frames) > floor {
		f := &m.frames[len(m.frames)-1]
		if f.next < len(f.body) {
			i := f.body[f.next]
			f.next++
			if err := m.ctx.Budget.Spend(1); err != nil {
				return err
			}
			if err := i.exec(m); err != nil {
				return err
			}
			if m.fault.err != nil {
				return m.fault.err
			}
			continue
		}
		if err := m.finish(f); err != nil {
			return err
		}
	}
	return nil
}

// finish ends a body, or starts it for the next node of a loop.
func (m *machine) finish(f *frame) error {
	switch f.kind {
	case loopFrame:
		if f.index < len(f.nodes) {
			m.focus = focus{f.nodes[f.index], f.index + 1, len(f.nodes)}
			f.index++
			f.next = 0
			m.vars = m.vars[:f.vars]
			return m.ctx.Budget.Spend(1)
		}
	case applyFrame:
		if f.index < len(f.nodes) {
			m.focus = focus{f.nodes[f.index], f.index + 1, len(f.nodes)}
			f.index++
			return m.apply(f.rules, f.low, f.high)
		}
	case elementFrame:
		m.out.endElement(f.name)
	case templateFrame:
		m.base, m.low, m.high = f.base, f.low, f.high
		m.depth--
	case captureFrame:
		captured, end := m.out, f.end
		m.out = f.out
		m.pop(f)
		return end.captured(m, captured)
	}
	m.pop(f)
	return m.fault.err
}

func (m *machine) pop(f *frame) {
	m.focus = f.focus
	m.vars = m.vars[:f.vars]
	m.params = m.params[:f.param]
	*f = frame{}
	m.frames = m.frames[:len(m.frames)-1]
}

// enter counts a template or attribute set that starts.
func (m *machine) enter() error {
	if m.depth++; m.depth > m.limits.Depth {
		return bcperr.New(bcperr.LimitExceeded, "the templates call one another more than %d levels deep", m.limits.Depth)
	}
	return nil
}

// apply processes the current node with the best template, or the built-in one. Source: XSLT 1.0 §5.4, §5.8.
func (m *machine) apply(rules *ruleSet, low, high int) error {
	n := m.focus.node
	t, err := rules.find(m.context(), n)
	if err != nil {
		return err
	}
	if t != nil {
		return m.invoke(t, low, high)
	}
	if err := m.ctx.Budget.Spend(1); err != nil {
		return err
	}
	return m.applyBuiltIn(rules, low, high)
}

// applyBuiltIn is the built-in rule of every kind of node. The parameters go on to the children, as in the JDK.
func (m *machine) applyBuiltIn(rules *ruleSet, low, high int) error {
	switch n := m.focus.node; n.Kind {
	case xmldoc.Document, xmldoc.Element:
		if n.FirstChild != nil {
			m.push(frame{kind: applyFrame, nodes: children(n), rules: rules, low: low, high: high})
		}
	case xmldoc.Text, xmldoc.Attribute:
		m.out.characters(n.Value)
	}
	return m.fault.err
}

func children(n *xmldoc.Node) xpath.NodeSet {
	count := 0
	for c := n.FirstChild; c != nil; c = c.Next {
		count++
	}
	nodes := make(xpath.NodeSet, 0, count)
	for c := n.FirstChild; c != nil; c = c.Next {
		nodes = append(nodes, c)
	}
	return nodes
}

// invoke starts a template with the parameters from low to high.
func (m *machine) invoke(t *template, low, high int) error {
	if err := m.enter(); err != nil {
		return err
	}
	m.push(frame{kind: templateFrame, body: t.body, base: m.base, low: m.low, high: m.high})
	m.base, m.low, m.high = len(m.vars), low, high
	return nil
}

// context is the dynamic context of an expression of the current instruction.
func (m *machine) context() *xpath.Context {
	m.ctx.Node, m.ctx.Position, m.ctx.Size = m.focus.node, m.focus.position, m.focus.size
	return &m.ctx
}

// variable finds the value of a variable in scope.
func (m *machine) variable(space, local string) (xpath.Value, error) {
	for i := len(m.vars) - 1; i >= m.base; i-- {
		if n := m.vars[i].name; n.local == local && n.space == space {
			return m.vars[i].value, nil
		}
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
	ctx.Budget = m.ctx.Budget
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
		return m.ctx.Budget.Spend(int64(len(s)) / 16)
	}
	return err
}

func (m *machine) newTree(textOnly bool) *treeReceiver {
	return newTreeReceiver(m.seq, m.limits.Nodes-m.nodes, textOnly, &m.fault)
}

func (m *machine) fragment(t *treeReceiver) xpath.Value {
	doc := t.document()
	m.nodes += t.tree.Len()
	if !t.textOnly {
		doc = m.sheet.prepare(doc, m.seq) // the JDK strips white space there too
	}
	if t.textOnly && t.anyRaw && doc.FirstChild != nil {
		if m.rawText == nil {
			m.rawText = map[*xmldoc.Node][]textPiece{}
		}
		m.rawText[doc.FirstChild] = t.pieces
	}
	return xpath.Fragment{Root: doc}
}
