package xslt

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

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
	if err := c.checkAttributes(el, "level count from value format lang letter-value grouping-separator grouping-size"); err != nil {
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
	i.level, _ = el.AttrValue("level")
	switch i.level {
	case "", "single", "multiple", "any":
	default:
		return nil, errInvalid("xsl:number has no level %q", i.level)
	}
	for name, to := range map[string]**xpath.Pattern{"count": &i.count, "from": &i.from} {
		if source, ok := el.AttrValue(name); ok {
			if *to, err = c.pattern(el, source); err != nil {
				return nil, err
			}
		}
	}
	for name, to := range map[string]**valueTemplate{
		"format": &i.format, "grouping-separator": &i.separator, "grouping-size": &i.size, "letter-value": &i.letterValue,
	} {
		source, ok := el.AttrValue(name)
		if !ok && name == "format" {
			source = "1"
		}
		if *to, err = c.valueTemplate(el, source); err != nil {
			return nil, err
		}
	}
	return i, nil
}

func (i *numberInstruction) exec(m *machine) error {
	var numbers []float64
	if i.value != nil {
		n, err := i.value.EvalNumber(m.context())
		if err != nil {
			return err
		}
		numbers = []float64{n}
	} else {
		counted, err := i.countNodes(m)
		if err != nil {
			return err
		}
		for _, n := range counted {
			numbers = append(numbers, float64(n))
		}
	}
	f, err := i.formatter(m)
	if err != nil {
		return err
	}
	m.out.characters(f.format(numbers))
	return nil
}

// matches says whether a node is counted: by the pattern, or else when it is of the current node's kind and name.
func (i *numberInstruction) matches(m *machine, n *xmldoc.Node) (bool, error) {
	if err := m.ctx.Budget.Spend(1); err != nil {
		return false, err
	}
	if i.count != nil {
		return i.count.Matches(m.context(), n)
	}
	c := m.focus.node
	if c.Kind != n.Kind {
		return false, nil
	}
	return c.Name == nil || c.Name.Local == n.Name.Local && c.Name.Space == n.Name.Space, nil
}

func (i *numberInstruction) matchesFrom(m *machine, n *xmldoc.Node) (bool, error) {
	if i.from == nil {
		return false, nil
	}
	return i.from.Matches(m.context(), n)
}

func (i *numberInstruction) countNodes(m *machine) ([]int, error) {
	if i.level == "any" {
		n, err := i.countAny(m)
		if n == 0 || err != nil {
			return nil, err
		}
		return []int{n}, nil
	}
	var counted []int
	for n := m.focus.node; n != nil; n = n.Parent {
		stop, err := i.matchesFrom(m, n)
		if err != nil {
			return nil, err
		}
		if stop && n != m.focus.node {
			break
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
		counted = append([]int{position}, counted...)
		if i.level != "multiple" {
			break
		}
	}
	return counted, nil
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

// preceding returns the node before n in document order, ancestors included.
func preceding(n *xmldoc.Node) *xmldoc.Node {
	if n.Kind == xmldoc.Attribute || n.Kind == xmldoc.Namespace || n.Prev == nil {
		return n.Parent
	}
	n = n.Prev
	for n.LastChild != nil {
		n = n.LastChild
	}
	return n
}

// numberFormat is the format attribute, cut into tokens. Source: XSLT 1.0 §7.7.1.
type numberFormat struct {
	prefix, suffix string
	tokens         []string // alphanumeric
	separators     []string // before each token but the first
	grouping       string
	size           int
}

func (i *numberInstruction) formatter(m *machine) (f numberFormat, err error) {
	format, err := i.format.eval(m)
	if err != nil {
		return f, err
	}
	if f.grouping, err = i.separator.eval(m); err != nil {
		return f, err
	}
	size, err := i.size.eval(m)
	if err != nil {
		return f, err
	}
	f.size, _ = strconv.Atoi(size)
	f.split(format)
	return f, nil
}

func (f *numberFormat) split(format string) {
	for format != "" {
		n := strings.IndexFunc(format, isAlphanumeric)
		if n < 0 {
			n = len(format)
		}
		separator := format[:n]
		format = format[n:]
		if format == "" {
			if f.tokens == nil {
				f.prefix = separator
			} else {
				f.suffix = separator
			}
			break
		}
		n = strings.IndexFunc(format, func(r rune) bool { return !isAlphanumeric(r) })
		if n < 0 {
			n = len(format)
		}
		if f.tokens == nil {
			f.prefix = separator
		} else {
			f.separators = append(f.separators, separator)
		}
		f.tokens = append(f.tokens, format[:n])
		format = format[n:]
	}
	if f.tokens == nil {
		f.tokens = []string{"1"}
		f.suffix = f.prefix // what has no token stands on both sides
	}
}

func isAlphanumeric(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsNumber(r)
}

func (f *numberFormat) format(numbers []float64) string {
	if len(numbers) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(f.prefix)
	for i, n := range numbers {
		if i > 0 {
			switch {
			case len(f.separators) == 0:
				b.WriteString(".")
			case i-1 < len(f.separators):
				b.WriteString(f.separators[i-1])
			default:
				b.WriteString(f.separators[len(f.separators)-1])
			}
		}
		b.WriteString(f.one(n, f.tokens[min(i, len(f.tokens)-1)]))
	}
	b.WriteString(f.suffix)
	return b.String()
}

// one formats a number by a token; a number that a token cannot show is written as it is.
func (f *numberFormat) one(n float64, token string) string {
	if math.IsNaN(n) || math.IsInf(n, 0) || n < 0.5 {
		return xpath.FormatNumber(n)
	}
	n = xpath.Round(n)
	first, _ := utf8.DecodeRuneInString(token)
	last, _ := utf8.DecodeLastRuneInString(token)
	switch {
	case first == 'i' && token == "i":
		return strings.ToLower(roman(int(n)))
	case token == "I":
		return roman(int(n))
	case utf8.RuneCountInString(token) == 1 && first == 'A' && last == 'A':
		return alphabetic(int64(n), 'A', 26)
	case token == "a":
		return alphabetic(int64(n), 'a', 26)
	case token == "α":
		return alphabetic(int64(n), 'α', 25)
	}
	return f.decimal(n, utf8.RuneCountInString(token))
}

func (f *numberFormat) decimal(n float64, width int) string {
	digits := xpath.FormatNumber(n)
	for len(digits) < width {
		digits = "0" + digits
	}
	if f.size <= 0 || f.grouping == "" {
		return digits
	}
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%f.size == 0 {
			b.WriteString(f.grouping)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// alphabetic counts a, b, … z, aa, ab.
func alphabetic(n int64, first rune, letters int64) string {
	var text []rune
	for ; n > 0; n = (n - 1) / letters {
		text = append([]rune{first + rune((n-1)%letters)}, text...)
	}
	return string(text)
}

var romanDigits = []struct {
	value int
	text  string
}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}}

// roman writes a number up to 4000 in Roman numerals, a larger one in digits.
func roman(n int) string {
	if n > 4000 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, d := range romanDigits {
		for ; n >= d.value; n -= d.value {
			b.WriteString(d.text)
		}
	}
	return b.String()
}
