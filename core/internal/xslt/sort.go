package xslt

import (
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// sortKey is xsl:sort. Source: XSLT 1.0 §10.
type sortKey struct {
	value     *xpath.Expr
	order     *valueTemplate
	dataType  *valueTemplate
	caseOrder *valueTemplate
	lang      *valueTemplate
}

// sorts compiles the xsl:sort children.
func (c *compiler) sorts(el *xmldoc.Node) (keys []*sortKey, err error) {
	for child := range el.Elements() {
		if !child.Is(Namespace, "sort") {
			continue
		}
		if err := c.checkAttributes(child, "select lang data-type order case-order"); err != nil {
			return nil, err
		}
		k := &sortKey{}
		source, ok := child.AttrValue("select")
		if !ok {
			source = "."
		}
		if k.value, err = c.expr(child, source); err != nil {
			return nil, err
		}
		for _, a := range [...]templateAttribute{{"order", &k.order}, {"data-type", &k.dataType},
			{"case-order", &k.caseOrder}, {"lang", &k.lang}} {
			value, _ := child.AttrValue(a.name)
			if *a.to, err = c.valueTemplate(child, value); err != nil {
				return nil, err
			}
		}
		keys = append(keys, k)
		if c.sheet.collator == nil {
			c.sheet.collator = newCollator()
		}
	}
	return keys, nil
}

// sortColumn holds the values of one key, one for each node.
type sortColumn struct {
	descending bool
	numbers    []float64
	texts      []string
	upperFirst bool
	byCase     bool
	french     bool
	// compareSteps is what the comparisons cost beside those of short texts: with case-order each takes its texts
	// apart.
	compareSteps int64
}

// sort returns the nodes in the order of the keys; nodes that the keys hold equal stay in order.
func (m *machine) sort(nodes xpath.NodeSet, keys []*sortKey) (xpath.NodeSet, error) {
	columns := make([]sortColumn, len(keys))
	for i, k := range keys {
		column, err := m.sortColumn(nodes, k)
		if err != nil {
			return nil, err
		}
		columns[i] = column
	}
	steps := int64(0)
	for i := range columns {
		steps += 2*xpath.SortSteps(len(nodes)) + columns[i].compareSteps
	}
	if err := m.ctx.Budget.Spend(steps); err != nil {
		return nil, err
	}
	order := make([]int, len(nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		for i := range columns {
			if c := columns[i].compare(m.sheet.collator, a, b); c != 0 {
				return c
			}
		}
		return 0
	})
	sorted := make(xpath.NodeSet, len(nodes))
	for i, from := range order {
		sorted[i] = nodes[from]
	}
	return sorted, nil
}

func (m *machine) sortColumn(nodes xpath.NodeSet, k *sortKey) (column sortColumn, err error) {
	order, err := k.order.eval(m)
	if err != nil {
		return column, err
	}
	dataType, err := k.dataType.eval(m)
	if err != nil {
		return column, err
	}
	caseOrder, err := k.caseOrder.eval(m)
	if err != nil {
		return column, err
	}
	lang, err := k.lang.eval(m)
	if err != nil {
		return column, err
	}
	language, _, _ := strings.Cut(lang, "-")
	column.french = strings.EqualFold(language, "fr")
	column.descending = order == "descending"
	column.byCase, column.upperFirst = caseOrder != "", caseOrder == "upper-first"
	was := m.focus
	defer func() { m.focus = was }()
	for i, n := range nodes {
		m.focus = focus{n, i + 1, len(nodes)}
		text, err := k.value.EvalString(m.context())
		if err != nil {
			return column, err
		}
		// A step a byte: each character becomes a collation key, which is larger and is held until the sort is over.
		if err := m.ctx.Budget.Spend(int64(3 + len(text))); err != nil {
			return column, err
		}
		switch {
		case dataType == "number":
			number, err := m.ctx.Budget.Number(text)
			if err != nil {
				return column, err
			}
			column.numbers = append(column.numbers, number)
		case column.byCase:
			column.texts = append(column.texts, text)
			column.compareSteps += int64(len(text)*bits.Len(uint(len(nodes)))) / 4
		default:
			column.texts = append(column.texts, m.sheet.collator.key(text, column.french))
		}
	}
	return column, nil
}

// compare orders two nodes by this key. NaN stands before every number. Source: XSLT 1.0 §10.
func (s *sortColumn) compare(collator *collator, a, b int) (c int) {
	switch {
	case s.numbers != nil:
		c = compareNumbers(s.numbers[a], s.numbers[b])
	case s.byCase:
		c = collator.compareCase(s.texts[a], s.texts[b], s.french, s.upperFirst)
	default:
		c = strings.Compare(s.texts[a], s.texts[b])
	}
	if s.descending {
		return -c
	}
	return c
}

func compareNumbers(a, b float64) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a) || a < b:
		return -1
	case math.IsNaN(b) || a > b:
		return 1
	}
	return 0
}
