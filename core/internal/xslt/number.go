package xslt

import (
	"math"
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// numberInstruction is xsl:number. Source: XSLT 1.0 §7.7.
type numberInstruction struct {
	value       *xpath.Expr
	level       string
	count, from *xpath.Pattern
	format      *valueTemplate
	separator   *valueTemplate
	size        *valueTemplate
	letterValue *valueTemplate
}

func (c *compiler) number(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el,
		"level count from value format lang letter-value grouping-separator grouping-size"); err != nil {
		return nil, err
	}
	i := &numberInstruction{}
	var err error
	if source, ok := el.AttrValue("value"); ok {
		if i.value, err = c.expr(el, source); err != nil {
			return nil, err
		}
	} else {
		c.sheet.reads = true
	}
	i.level = "single"
	if level, ok := el.AttrValue("level"); ok {
		i.level = level
	}
	switch i.level {
	case "single", "multiple", "any":
	default:
		return nil, errInvalid("xsl:number has no level %q", i.level)
	}
	if source, ok := el.AttrValue("count"); ok {
		if i.count, err = c.pattern(el, source); err != nil {
			return nil, err
		}
	}
	if source, ok := el.AttrValue("from"); ok {
		if i.from, err = c.pattern(el, source); err != nil {
			return nil, err
		}
	}
	for _, a := range [...]templateAttribute{{"format", &i.format}, {"grouping-separator", &i.separator},
		{"grouping-size", &i.size}, {"letter-value", &i.letterValue}} {
		source, ok := el.AttrValue(a.name)
		if !ok && a.name == "format" {
			source = "1"
		}
		if *a.to, err = c.valueTemplate(el, source); err != nil {
			return nil, err
		}
	}
	return i, nil
}

func (i *numberInstruction) exec(m *machine) error {
	numbers, text, err := i.numbers(m)
	if err != nil {
		return err
	}
	if text == "" {
		f, err := i.formatter(m)
		if err != nil {
			return err
		}
		if text, err = f.format(m.ctx.Budget, numbers); err != nil {
			return err
		}
	}
	m.out.characters(text)
	return nil
}

// numbers returns what to format, or the text for a value that no format applies to.
//
// The JDK keeps one counter for each level that has neither a count nor a from pattern, and a value that it was given
// once stays in it. The keys of servers come from there, so it does so here too.
func (i *numberInstruction) numbers(m *machine) (numbers []int, text string, err error) {
	if i.value != nil {
		n, err := i.value.EvalNumber(m.context())
		if err != nil {
			return nil, "", err
		}
		m.numbered[i.level] = xpath.Round(n)
	} else if _, given := m.numbered[i.level]; !given || i.count != nil || i.from != nil {
		numbers, err = i.countNodes(m)
		return numbers, "", err
	}
	n := m.numbered[i.level]
	if n == 0 || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, xpath.FormatNumber(math.Abs(n) * sign(n)), nil
	}
	return []int{int(min(max(n, math.MinInt32), math.MaxInt32))}, "", nil
}

// sign makes a negative zero a positive one.
func sign(n float64) float64 {
	if n < 0 {
		return -1
	}
	return 1
}

// matches says whether a node is counted: by the pattern, or else when it is like the current node.
func (i *numberInstruction) matches(m *machine, n *xmldoc.Node) (bool, error) {
	if err := m.ctx.Budget.Spend(1); err != nil {
		return false, err
	}
	if i.count != nil {
		return i.count.Matches(m.context(), n)
	}
	return m.sheet.asked.alike(m.focus.node, n), nil
}

func (i *numberInstruction) matchesFrom(m *machine, n *xmldoc.Node) (bool, error) {
	if i.from == nil {
		return false, nil
	}
	return i.from.Matches(m.context(), n)
}

func (i *numberInstruction) countNodes(m *machine) ([]int, error) {
	switch i.level {
	case "any":
		n, err := i.countAny(m)
		return []int{n}, err
	case "multiple":
		return i.countMultiple(m)
	}
	if i.count == nil && i.from == nil && !m.sheet.asked.has(m.focus.node) {
		n := siblingPosition(m.focus.node)
		return []int{n}, m.ctx.Budget.Spend(int64(n))
	}
	n, err := i.countedNode(m)
	if n == nil || err != nil {
		return nil, err
	}
	position, err := i.position(m, n)
	return []int{position}, err
}

// countedNode finds the node to count for level single: the current node, or else its nearest ancestor that matches,
// below the from pattern.
func (i *numberInstruction) countedNode(m *machine) (*xmldoc.Node, error) {
	matches, err := i.matches(m, m.focus.node)
	if matches || err != nil {
		return m.focus.node, err
	}
	for n := m.focus.node.Parent; n != nil; n = n.Parent {
		if matches, err = i.matches(m, n); err != nil {
			return nil, err
		}
		if matches {
			return i.belowFrom(m, n)
		}
		if stop, err := i.matchesFrom(m, n); stop || err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// belowFrom returns n if an ancestor of it matches the from pattern, or if there is none.
func (i *numberInstruction) belowFrom(m *machine, n *xmldoc.Node) (*xmldoc.Node, error) {
	if i.from == nil {
		return n, nil
	}
	for a := n.Parent; a != nil; a = a.Parent {
		if found, err := i.matchesFrom(m, a); found || err != nil {
			return n, err
		}
	}
	return nil, nil
}

func (i *numberInstruction) countMultiple(m *machine) (counted []int, err error) {
	for n := m.focus.node; n != nil; n = n.Parent {
		if n != m.focus.node {
			if stop, err := i.matchesFrom(m, n); stop || err != nil {
				return counted, err
			}
		}
		matches, err := i.matches(m, n)
		if err != nil {
			return nil, err
		}
		if !matches {
			continue
		}
		position, err := i.position(m, n)
		if err != nil {
			return nil, err
		}
		counted = slices.Insert(counted, 0, position)
	}
	return counted, nil
}

// siblingPosition counts a node among all its siblings of the same kind: what the JDK does at level single for a name
// that the stylesheet never asks for.
func siblingPosition(n *xmldoc.Node) int {
	position := 1
	if n.Kind == xmldoc.Attribute || n.Kind == xmldoc.Namespace {
		return position
	}
	for s := n.Prev; s != nil; s = s.Prev {
		if s.Kind == n.Kind {
			position++
		}
	}
	return position
}

// position counts a node among its siblings.
func (i *numberInstruction) position(m *machine, n *xmldoc.Node) (int, error) {
	position := 1
	if n.Kind == xmldoc.Attribute || n.Kind == xmldoc.Namespace {
		return position, nil
	}
	for s := n.Prev; s != nil; s = s.Prev {
		matches, err := i.matches(m, s)
		if err != nil {
			return 0, err
		}
		if matches {
			position++
		}
	}
	return position, nil
}

// countAny counts the nodes from the last match of the from pattern up to the current node.
func (i *numberInstruction) countAny(m *machine) (int, error) {
	count := 0
	for n := m.focus.node; n != nil; n = preceding(n) {
		stop, err := i.matchesFrom(m, n)
		if err != nil {
			return 0, err
		}
		if stop {
			break
		}
		matches, err := i.matches(m, n)
		if err != nil {
			return 0, err
		}
		if matches {
			count++
		}
	}
	return count, nil
}

// preceding returns the node before n in document order, ancestors and attributes included.
func preceding(n *xmldoc.Node) *xmldoc.Node {
	switch {
	case n.Kind == xmldoc.Attribute && n.Prev != nil:
		return n.Prev
	case n.Kind == xmldoc.Attribute || n.Kind == xmldoc.Namespace || n.Parent == nil:
		return n.Parent
	case n.Prev == nil:
		return lastAttribute(n.Parent)
	}
	n = n.Prev
	for n.LastChild != nil {
		n = n.LastChild
	}
	return lastAttribute(n)
}

// lastAttribute returns the last attribute of n, or n itself.
func lastAttribute(n *xmldoc.Node) *xmldoc.Node {
	last := n
	for a := n.FirstAttr; a != nil; a = a.Next {
		last = a
	}
	return last
}
