package xmldoc

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Parse reads one document and returns its document node.
//
// Shape: comments and processing instructions are in the tree, white space between elements too; outside the root
// element white space is dropped. Text and CDATA sections that touch are one text node. The tree keeps one copy of data
// and does not change with it.
// Errors: input-too-large, encoding-invalid, xml-malformed, xml-forbidden (DOCTYPE), limit-exceeded; the detail ends
// with line:column, counted from 1 in characters.
// Source: XML 1.0 fifth edition, Namespaces in XML 1.0 third edition.
func Parse(data []byte, limits Limits) (*Node, error) {
	if err := checkSize(len(data), limits); err != nil {
		return nil, err
	}
	return ParseString(string(data), limits)
}

// ParseString is Parse for a text that is a string already; the tree shares its octets, unless there are carriage
// returns.
func ParseString(text string, limits Limits) (*Node, error) {
	if err := checkSize(len(text), limits); err != nil {
		return nil, err
	}
	if err := sniff(text); err != nil {
		return nil, err
	}
	return parseText(text, limits, false)
}

// parseText reads a text that is UTF-8.
func parseText(text string, limits Limits, decoded bool) (*Node, error) {
	if err := checkHead(text); err != nil {
		return nil, err
	}
	p := &parser{text: normalizeLineEnds(text), limits: limits, decoded: decoded}
	p.names.init()
	return p.document()
}

func checkSize(size int, limits Limits) error {
	if size > limits.MaxBytes {
		return bcperr.New(bcperr.InputTooLarge, "expected at most %d bytes, got %d", limits.MaxBytes, size)
	}
	return nil
}

// parser is the state of one Parse. It moves over text once; nothing in it recurses.
type parser struct {
	text   string
	pos    int
	limits Limits

	decoded bool // the text was in the encoding that it declares: what the declaration says about octets is past

	seq    Sequence
	nodes  slab
	tokens int

	doc      *Node
	rootSeen bool
	at       *Node  // the innermost open element, or doc
	open     []open // the open elements

	names      names
	rebindings []rebinding
	serial     uint32 // of the current start tag
	prefixed   []pendingAttr

	run     run    // text that is not a node yet
	scratch []byte // an attribute value under normalisation
}

// open is what an end tag needs of its start tag.
type open struct {
	name *qname
	mark int // len(rebindings) before it
}

// document reads the whole input.
func (p *parser) document() (*Node, error) {
	if err := p.begin(); err != nil {
		return nil, err
	}
	for p.pos < len(p.text) {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	if len(p.open) > 0 {
		return nil, p.malformed(p.pos, "expected the end tag </%.60s>, got the end of the input",
			p.open[len(p.open)-1].name.full)
	}
	if !p.rootSeen {
		return nil, p.malformed(p.pos, "expected a root element, got the end of the input")
	}
	return p.doc, nil
}

// begin makes the document node and reads the XML declaration.
func (p *parser) begin() (err error) {
	if p.doc, err = p.node(Document, 0); err != nil {
		return err
	}
	p.at = p.doc
	p.pos = len(bom(p.text))
	return p.declaration()
}

// next counts and reads one token.
func (p *parser) next() error {
	if p.tokens++; p.tokens > p.limits.MaxTokens {
		return p.fail(bcperr.LimitExceeded, p.pos, "more than %d tags, texts and comments", p.limits.MaxTokens)
	}
	return p.token()
}

// token reads one tag, text run, CDATA section, comment or processing instruction.
func (p *parser) token() error {
	s, i := p.text, p.pos
	if s[i] != '<' {
		if p.at == p.doc {
			return p.outerSpace()
		}
		return p.characters()
	}
	if i+1 == len(s) {
		return p.malformed(i, "expected markup, got the end of the input after <")
	}
	switch s[i+1] {
	case '/':
		return p.endTag()
	case '!':
		return p.bang()
	case '?':
		return p.procInst()
	}
	return p.startTag()
}

// bang reads what begins with <!.
func (p *parser) bang() error {
	rest := p.text[p.pos:]
	switch {
	case strings.HasPrefix(rest, "<!--"):
		return p.comment()
	case strings.HasPrefix(rest, "<![CDATA[") && p.at != p.doc:
		return p.cdata()
	case strings.HasPrefix(rest, "<!DOCTYPE") && p.at == p.doc && !p.rootSeen:
		return p.fail(bcperr.XMLForbidden, p.pos, "expected XML without a DOCTYPE, got one")
	}
	return p.malformed(p.pos, "expected an element or a comment, got another <! that has no place here")
}

// comment reads <!-- … -->.
func (p *parser) comment() error {
	begin := p.pos + 4
	length := strings.Index(p.text[begin:], "--")
	if length < 0 {
		return p.malformed(p.pos, "a comment is not closed")
	}
	end := begin + length
	if end+2 == len(p.text) || p.text[end+2] != '>' {
		return p.malformed(end, "-- inside a comment")
	}
	return p.leaf(Comment, nil, begin, end, end+3)
}

// procInst reads <?target data?>.
func (p *parser) procInst() error {
	start := p.pos
	p.pos += 2
	target, err := p.name()
	if err != nil {
		return err
	}
	if strings.EqualFold(target.full, "xml") {
		return p.malformed(start, "an XML declaration, or a processing instruction of its name, that does not begin "+
			"the input")
	}
	if target.prefix != p.names.none {
		return p.malformed(start, "the processing instruction target %.60q has a colon", target.full)
	}
	begin := p.skipSpace(p.pos)
	length := strings.Index(p.text[begin:], "?>")
	if length < 0 {
		return p.malformed(start, "a processing instruction is not closed")
	}
	if begin == p.pos && length > 0 {
		return p.malformed(p.pos, "expected white space or ?> after the target %.60q, got %s", target.full,
			p.describe(p.pos))
	}
	if target.element == nil || target.element.Space != "" {
		target.element = &Name{Local: target.full}
	}
	return p.leaf(ProcInst, target.element, begin, begin+length, begin+length+2)
}

// leaf adds a comment or a processing instruction with the data text[begin:end], and goes on at next.
func (p *parser) leaf(kind Kind, name *Name, begin, end, next int) error {
	value, err := p.data(begin, end)
	if err != nil {
		return err
	}
	if err := p.flush(); err != nil {
		return err
	}
	n, err := p.node(kind, begin)
	if err != nil {
		return err
	}
	n.Name, n.Value = name, value
	p.at.appendChild(n)
	p.pos = next
	return nil
}

// node makes a node of this tree, next in document order.
func (p *parser) node(kind Kind, at int) (*Node, error) {
	if p.nodes.made >= p.limits.MaxNodes {
		return nil, p.fail(bcperr.LimitExceeded, at, "more than %d nodes", p.limits.MaxNodes)
	}
	n := p.nodes.take()
	n.Kind = kind
	n.order = p.seq.draw()
	return n, nil
}

// skipSpace returns the first offset from i that is not white space.
func (p *parser) skipSpace(i int) int {
	for i < len(p.text) && isSpace(p.text[i]) {
		i++
	}
	return i
}

func (p *parser) malformed(at int, format string, args ...any) error {
	return p.fail(bcperr.XMLMalformed, at, format, args...)
}

// isCut: elements are open, and the end is not that of a tag.
func (p *parser) isCut() bool {
	return len(p.open) > 0 && !strings.HasSuffix(strings.TrimRight(p.text, " \t\r\n"), ">")
}

// fail makes an error that names the place of offset at.
func (p *parser) fail(code bcperr.Code, at int, format string, args ...any) error {
	before := p.text[len(bom(p.text)):max(at, len(bom(p.text)))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	hint := ""
	if looksLikeHTML(p.text) {
		hint = "expected an XML document, got an HTML page: "
	} else if code == bcperr.XMLMalformed && p.isCut() {
		hint = "the document is cut, it ends within a tag or text: "
	}
	return bcperr.New(code, "%s%s, at %d:%d", hint, fmt.Sprintf(format, args...), line, column)
}

func describeRune(r rune) string {
	if r > 0x20 && r < 0x7F {
		return fmt.Sprintf("%q", r)
	}
	return fmt.Sprintf("U+%04X", r)
}
