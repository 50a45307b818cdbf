package xpath

import (
	"strconv"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// maxNesting bounds parentheses, predicates, arguments and unary minus within each other. The deepest expression of
// the reference corpora nests 9 deep; the JDK stops at 10 groups of its own accord.
const maxNesting = 100

// parser is a recursive descent parser over the tokens of one expression.
//
// Source: XPath 1.0 §3.
type parser struct {
	src    string
	env    *Static
	tokens []token
	at     int
	depth  int
}

func parse(src string, env *Static) (*ast, error) {
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{src: src, env: env, tokens: tokens}
	e, err := p.expr()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokEnd {
		return nil, p.errorf(t, "the expression should end here")
	}
	return e, nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

// take returns the next token; tokEnd is never passed.
func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

// accept passes the token when it is this operator or mark.
func (p *parser) accept(text string) bool {
	if !p.peek().is(text) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(text string) error {
	if !p.accept(text) {
		return p.errorf(p.peek(), "%q is expected", text)
	}
	return nil
}

func (p *parser) errorf(t token, format string, args ...any) error {
	return syntaxError(p.src, t.pos, format, args...)
}

// levels are the binary operators, weakest first (XPath 1.0 §3.4, §3.5).
var levels = [...][]struct {
	text string
	op   op
}{
	{{"or", opOr}},
	{{"and", opAnd}},
	{{"=", opEq}, {"!=", opNe}},
	{{"<", opLt}, {"<=", opLe}, {">", opGt}, {">=", opGe}},
	{{"+", opAdd}, {"-", opSub}},
	{{"*", opMul}, {"div", opDiv}, {"mod", opMod}},
}

func (p *parser) expr() (*ast, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return nil, bcperr.New(bcperr.LimitExceeded, "expression nests deeper than %d levels", maxNesting)
	}
	return p.binary(0)
}

// binary parses left-associative operators of this level and all that bind stronger.
func (p *parser) binary(level int) (*ast, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
next:
	for {
		for _, o := range levels[level] {
			t := p.peek()
			if !t.is(o.text) {
				continue
			}
			p.at++
			right, err := p.binary(level + 1)
			if err != nil {
				return nil, err
			}
			left = &ast{op: o.op, pos: t.pos, args: []*ast{left, right}}
			continue next
		}
		return left, nil
	}
}

func (p *parser) unary() (*ast, error) {
	t := p.peek()
	minus := 0
	for p.accept("-") {
		minus++
	}
	e, err := p.union()
	if err != nil || minus == 0 {
		return e, err
	}
	// An even count still turns the operand into a number.
	e = &ast{op: opNeg, pos: t.pos, args: []*ast{e}}
	if minus%2 == 0 {
		e = &ast{op: opNeg, pos: t.pos, args: []*ast{e}}
	}
	return e, nil
}

func (p *parser) union() (*ast, error) {
	left, err := p.path()
	if err != nil {
		return nil, err
	}
	if !p.peek().is("|") {
		return left, nil
	}
	u := &ast{op: opUnion, pos: p.peek().pos, args: []*ast{left}}
	for p.accept("|") {
		right, err := p.path()
		if err != nil {
			return nil, err
		}
		u.args = append(u.args, right)
	}
	return u, nil
}

// path parses a PathExpr: a location path, or a filter expression with steps after it.
func (p *parser) path() (*ast, error) {
	t := p.peek()
	e := &ast{op: opPath, pos: t.pos}
	switch {
	case t.is("/"):
		p.at++
		e.absolute = true
		if !p.startsStep() {
			return e, nil
		}
	case t.is("//"):
		e.absolute = true // steps sees the "//"
	case p.startsStep():
	default:
		head, err := p.filter()
		if err != nil {
			return nil, err
		}
		if n := p.peek(); !n.is("/") && !n.is("//") {
			return head, nil
		}
		e.args = []*ast{head}
		if p.accept("/") && !p.startsStep() {
			return nil, p.errorf(p.peek(), "a step is expected after \"/\"")
		}
	}
	return e, p.steps(e)
}

// startsStep says whether a location step begins here.
func (p *parser) startsStep() bool {
	t := p.peek()
	switch t.kind {
	case tokName, tokAxis, tokNodeType:
		return true
	}
	return t.is(".") || t.is("..") || t.is("@")
}

// steps parses Step (('/' | '//') Step)* into e, also when "//" comes first.
func (p *parser) steps(e *ast) error {
	for first := true; ; first = false {
		switch {
		case p.accept("//"):
			e.steps = append(e.steps, &step{axis: axisDescendantOrSelf, test: anyNode, slashes: true})
		case first:
		case !p.accept("/"):
			return nil
		}
		s, err := p.step()
		if err != nil {
			return err
		}
		e.steps = append(e.steps, s)
	}
}

var anyNode = nodeTest{anyLocal: true, anySpace: true}

func (p *parser) step() (*step, error) {
	t := p.peek()
	switch {
	case p.accept("."):
		return &step{axis: axisSelf, test: anyNode}, nil
	case p.accept(".."):
		return &step{axis: axisParent, test: anyNode}, nil
	}
	s := &step{axis: axisChild}
	switch {
	case p.accept("@"):
		s.axis = axisAttribute
	case t.kind == tokAxis:
		p.at++
		found := false
		for a, name := range axisNames {
			if name == t.local {
				s.axis, found = axis(a), true
			}
		}
		if !found {
			return nil, p.errorf(t, "there is no axis %q", t.local)
		}
	}
	if err := p.nodeTest(s); err != nil {
		return nil, err
	}
	var err error
	s.preds, err = p.predicates()
	return s, err
}

func (p *parser) nodeTest(s *step) error {
	t := p.take()
	switch t.kind {
	case tokNodeType:
		p.at++ // "(": the lexer saw it
		s.test = anyNode
		switch t.local {
		case "text":
			s.test.kind = xmldoc.Text
		case "comment":
			s.test.kind = xmldoc.Comment
		case "processing-instruction":
			s.test.kind = xmldoc.ProcInst
			if a := p.peek(); a.kind == tokLiteral {
				p.at++
				s.test.anyLocal, s.test.local = false, a.text
			}
		}
		return p.expect(")")
	case tokName:
		s.test.kind = xmldoc.Element
		switch s.axis {
		case axisAttribute:
			s.test.kind = xmldoc.Attribute
		case axisNamespace:
			s.test.kind = xmldoc.Namespace
		}
		s.test.local, s.test.anyLocal = t.local, t.local == "*"
		s.test.anySpace = t.local == "*" && t.prefix == ""
		var err error
		s.test.space, err = p.space(t)
		return err
	}
	return p.errorf(t, "a node test is expected")
}

// space resolves the prefix of a name; a name without prefix is in no namespace (XPath 1.0 §2.3).
func (p *parser) space(t token) (string, error) {
	if t.prefix == "" {
		return "", nil
	}
	if t.prefix == "xml" {
		return xmldoc.XMLNamespace, nil
	}
	if p.env != nil && p.env.Namespace != nil {
		if uri, ok := p.env.Namespace(t.prefix); ok {
			return uri, nil
		}
	}
	return "", p.errorf(t, "the prefix %q is not declared", t.prefix)
}

func (p *parser) predicates() ([]*ast, error) {
	var preds []*ast
	for p.accept("[") {
		e, err := p.expr()
		if err != nil {
			return nil, err
		}
		if err := p.expect("]"); err != nil {
			return nil, err
		}
		preds = append(preds, e)
	}
	return preds, nil
}

// filter parses PrimaryExpr Predicate*.
func (p *parser) filter() (*ast, error) {
	e, err := p.primary()
	if err != nil {
		return nil, err
	}
	pos := p.peek().pos
	preds, err := p.predicates()
	if err != nil || len(preds) == 0 {
		return e, err
	}
	return &ast{op: opFilter, pos: pos, args: []*ast{e}, preds: preds}, nil
}

func (p *parser) primary() (*ast, error) {
	t := p.take()
	switch t.kind {
	case tokNumber:
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil && f == 0 {
			return nil, p.errorf(t, "not a number") // unreachable: the lexer gives digits; a huge one is +Inf
		}
		return &ast{op: opNumber, pos: t.pos, number: f}, nil
	case tokLiteral:
		return &ast{op: opLiteral, pos: t.pos, text: t.text}, nil
	case tokVariable:
		return p.variable(t)
	case tokFunction:
		return p.call(t)
	}
	if !t.is("(") {
		return nil, p.errorf(t, "an expression is expected")
	}
	e, err := p.expr()
	if err != nil {
		return nil, err
	}
	e.paren = true
	return e, p.expect(")")
}

func (p *parser) variable(t token) (*ast, error) {
	space, err := p.space(t)
	if err != nil {
		return nil, err
	}
	if p.env == nil || p.env.Variable == nil || !p.env.Variable(space, t.local) {
		return nil, p.errorf(t, "the variable $%s is not in scope", t.local)
	}
	return &ast{op: opVariable, pos: t.pos, name: varName{space, t.local}}, nil
}

func (p *parser) call(t token) (*ast, error) {
	space, err := p.space(t)
	if err != nil {
		return nil, err
	}
	e := &ast{op: opCall, pos: t.pos, name: varName{space, t.local}}
	p.at++ // "(": the lexer saw it
	if p.accept(")") {
		return e, nil
	}
	for {
		arg, err := p.expr()
		if err != nil {
			return nil, err
		}
		e.args = append(e.args, arg)
		if p.accept(")") {
			return e, nil
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}
