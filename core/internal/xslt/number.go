package xslt

import (
	"math"
	"slices"
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
	numbers, text, err := i.numbers(m)
	if err != nil {
		return err
	}
	if text == "" {
		f, err := i.formatter(m)
		if err != nil {
			return err
		}
		text = f.format(numbers)
	}
	m.out.characters(text)
	return nil
}

// numbers returns what to format, or the text for a value that no format applies to.
func (i *numberInstruction) numbers(m *machine) (numbers []int, text string, err error) {
	if i.value == nil {
		numbers, err = i.countNodes(m)
		return numbers, "", err
	}
	n, err := i.value.EvalNumber(m.context())
	if err != nil {
		return nil, "", err
	}
	n = xpath.Round(n)
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
	return c.Name == nil || c.Kind == xmldoc.ProcInst || c.Name.Local == n.Name.Local && c.Name.Space == n.Name.Space, nil
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
	alphabetic     bool // letter-value says so: i is a letter, not a Roman numeral
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
	letterValue, err := i.letterValue.eval(m)
	f.alphabetic = letterValue == "alphabetic"
	f.split(format)
	return f, err
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
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func (f *numberFormat) format(numbers []int) string {
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

// one formats a number by the first character of a token: a digit, a letter to count with, or a Roman one.
func (f *numberFormat) one(n int, token string) string {
	first, _ := utf8.DecodeRuneInString(token)
	switch {
	case unicode.IsDigit(first):
		return f.decimal(n, utf8.RuneCountInString(token), zeroOf(first))
	case n <= 0:
		return strconv.Itoa(n)
	case first == 'i' && !f.alphabetic:
		return strings.ToLower(roman(n))
	case first == 'I' && !f.alphabetic:
		return roman(n)
	}
	last := first
	if first >= 'α' && first <= 'ω' {
		last = 'ω'
	} else {
		for last-first < maxLetters && isAlphanumeric(last+1) {
			last++
		}
	}
	return alphabetic(n, first, int(last-first)+1)
}

// maxLetters bounds the search for the end of an alphabet: the largest, CJK ideographs, has 20,992.
const maxLetters = 1 << 16

// zeroOf returns the zero of a digit's script: digits come in tens.
func zeroOf(digit rune) rune {
	zero := digit
	for zero > digit-9 && unicode.IsDigit(zero-1) {
		zero--
	}
	return zero
}

func (f *numberFormat) decimal(n, width int, zero rune) string {
	var digits []rune
	for ; n > 0; n /= 10 {
		digits = append(digits, zero+rune(n%10))
	}
	for len(digits) < width {
		digits = append(digits, zero)
	}
	slices.Reverse(digits)
	if f.size <= 0 {
		return string(digits)
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%f.size == 0 {
			b.WriteString(f.grouping)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// alphabetic counts a, b, … z, aa, ab.
func alphabetic(n int, first rune, letters int) string {
	var text []rune
	for ; n > 0; n = (n - 1) / letters {
		text = append(text, first+rune((n-1)%letters))
	}
	slices.Reverse(text)
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
