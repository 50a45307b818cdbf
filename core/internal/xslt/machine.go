package xslt

import (
	"bytes"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// Limits bounds one transformation.
type Limits struct {
	Steps       int64 // see xpath.Budget
	Depth       int   // templates and attribute sets that wait for one another
	Nodes       int   // of all result tree fragments together
	OutputBytes int   // of the result, and of any single text
}

// DefaultLimits is ample for cache keys: the corpus' largest needs 60,000 steps and 1,500 levels.
var DefaultLimits = Limits{
	Steps:       5_000_000, // writing out 1 MiB, children sorted, takes 4,400,000; all take 0.2 s, in wasm 0.5 to 0.9 s
	Depth:       10_000,    // see maxFrames
	Nodes:       500_000,   // 88 octets each
	OutputBytes: 8 << 20,   // a payload of 1 MiB, copied with every character a reference
}

// maxFrames bounds the bodies that wait for one another, of xsl:if and the like too: a template of the corpus has up to
// five of them open. A frame has 200 octets.
const maxFrames = 100_000

// maxWaiting bounds how many global variables and keys wait for one another: each wait is a recursion here, as deep as
// the expression that waits. Variables are worked out in the order of the stylesheet, so only one that asks for a later
// one waits. A stack of 1 MB, as Node and Chromium have, holds 19 times the deepest expression most of the time, but
// not always: it depends on how far the engine has optimised.
const maxWaiting = 8

// Result is what a transformation made.
type Result struct {
	Output   []byte   // UTF-8 whatever xsl:output says: the text that the JDK gives a StringWriter
	Messages []string // of xsl:message, in order
	Steps    int64    // taken; more than allowed when that was the end of it
}

// Transform applies the stylesheet to a document: a tree whose root is a Document node.
//
// Errors: xslt-failed, also for xsl:message terminate="yes"; limit-exceeded. Messages and Steps are set either way.
func (s *Stylesheet) Transform(source *xmldoc.Node, limits Limits) (Result, error) {
	return s.transform(source, limits, nil)
}

// Repeats: does a transformation make that output, which is not empty, of another document, too? It ends at the first
// octet that departs from it. One that fails repeats nothing.
func (s *Stylesheet) Repeats(output []byte, source *xmldoc.Node, limits Limits) bool {
	result, err := s.transform(source, limits, output)
	return err == nil && bytes.Equal(result.Output, output)
}

func (s *Stylesheet) transform(source *xmldoc.Node, limits Limits, repeated repeated) (Result, error) {
	m := &machine{
		sheet:  s,
		limits: limits,
		seq:    xmldoc.SequenceAfter(source),
		values: make([]global, len(s.globals)),

		numbered: map[string]float64{},
		repeated: repeated,
	}
	m.fault.budget = &xpath.Budget{Steps: limits.Steps, MaxDepth: maxWaiting}
	m.ctx = xpath.Context{
		Variable: m.variable,
		Budget:   m.fault.budget,
		Host:     m,
	}
	output, err := m.process(source)
	return Result{Output: output, Messages: m.messages, Steps: limits.Steps - m.fault.budget.Steps}, err
}

func (m *machine) process(source *xmldoc.Node) (output []byte, err error) {
	if m.source, err = m.prepare(source); err != nil {
		return nil, err
	}
	m.ctx.Root = m.source
	m.focus = focus{m.source, 1, 1}
	return m.transform()
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
	numbered map[string]float64           // the last value given to xsl:number, by level
	repeated repeated                     // what the result is compared with, see Repeats
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
		s.repeated = m.repeated
		m.out, text = s, func() []byte { return s.out }
	case "html":
		s := newHTMLSerializer(props, max, &m.fault)
		s.repeated = m.repeated
		m.out, text = s, func() []byte { return s.out }
	case "text":
		s := newTextSerializer(props, max, &m.fault)
		s.repeated = m.repeated
		m.out, text = s, func() []byte { return s.out }
	default:
		s := newUnknownSerializer(props, max, &m.fault, m.repeated)
		m.out, text = s, s.bytes
	}
	for i, v := range m.sheet.globals {
		if !v.used && !v.param {
			continue
		}
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
	if len(m.frames) >= maxFrames {
		m.fault.fail(errDepth(maxFrames))
	}
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
		return errDepth(m.limits.Depth)
	}
	return m.ctx.Budget.Spend(1)
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
			nodes, err := m.children(n)
			if err != nil {
				return err
			}
			m.push(frame{kind: applyFrame, nodes: nodes, rules: rules, low: low, high: high})
		}
	case xmldoc.Text, xmldoc.Attribute:
		m.out.characters(n.Value)
	}
	return m.fault.err
}

// children lists the children of n. They are paid for when they are listed: templates that call one another hold many
// lists.
func (m *machine) children(n *xmldoc.Node) (xpath.NodeSet, error) {
	count := 0
	for c := n.FirstChild; c != nil; c = c.Next {
		count++
	}
	if err := m.ctx.Budget.Spend(int64(count) / 2); err != nil {
		return nil, err
	}
	nodes := make(xpath.NodeSet, 0, count)
	for c := n.FirstChild; c != nil; c = c.Next {
		nodes = append(nodes, c)
	}
	return nodes, nil
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
