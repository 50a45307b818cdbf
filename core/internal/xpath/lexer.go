package xpath

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// tokenKind says what a token is, after the disambiguation of XPath 1.0 §3.7.
type tokenKind uint8

const (
	tokEnd      tokenKind = iota
	tokNumber             // text: digits
	tokLiteral            // text: without its quotes
	tokName               // a name test or function name: prefix, local ("*" for any)
	tokAxis               // local: the axis before "::"
	tokFunction           // prefix, local: a name followed by "("
	tokNodeType           // local: comment, text, processing-instruction or node, followed by "("
	tokVariable           // prefix, local: after "$"
	tokOperator           // text: and or div mod * / // | + - = != < <= > >=
	tokPunct              // text: ( ) [ ] . .. @ ,
)

type token struct {
	kind          tokenKind
	text          string
	prefix, local string
	pos           int // byte offset in the source
}

// is says whether the token is this operator or this mark.
func (t token) is(text string) bool {
	return (t.kind == tokOperator || t.kind == tokPunct) && t.text == text
}

// maxTokens bounds the size of one expression, and with it the size and the depth of the compiled form.
// The largest expression of the reference corpora has fewer than 700 tokens.
const maxTokens = 8192

// lex splits src into tokens; the last one is tokEnd.
//
// Errors: xslt-invalid for a character that starts no token; limit-exceeded past maxTokens.
// Source: XPath 1.0 §3.7.
func lex(src string) ([]token, error) {
	l := lexer{src: src}
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		if len(l.tokens) >= maxTokens {
			return nil, bcperr.New(bcperr.LimitExceeded, "expression has more than %d tokens", maxTokens)
		}
		l.tokens = append(l.tokens, t)
		if t.kind == tokEnd {
			return l.tokens, nil
		}
	}
}

type lexer struct {
	src    string
	pos    int
	tokens []token
}

func (l *lexer) skipSpace() {
	for l.pos < len(l.src) && isSpace(l.src[l.pos]) {
		l.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// operatorExpected says whether a name or "*" here must be an operator: there is a token before it, and that token
// is not one after which an operand comes.
func (l *lexer) operatorExpected() bool {
	if len(l.tokens) == 0 {
		return false
	}
	switch t := l.tokens[len(l.tokens)-1]; t.kind {
	case tokOperator, tokAxis:
		return false
	case tokPunct:
		return t.text == ")" || t.text == "]" || t.text == "." || t.text == ".."
	}
	return true
}

// marks are the fixed tokens, longer ones first.
var marks = [...]struct {
	text string
	kind tokenKind
}{
	{"..", tokPunct}, {"//", tokOperator}, {"!=", tokOperator}, {"<=", tokOperator}, {">=", tokOperator},
	{"(", tokPunct}, {")", tokPunct}, {"[", tokPunct}, {"]", tokPunct}, {".", tokPunct}, {"@", tokPunct},
	{",", tokPunct}, {"/", tokOperator}, {"|", tokOperator}, {"+", tokOperator}, {"-", tokOperator},
	{"=", tokOperator}, {"<", tokOperator}, {">", tokOperator},
}

func (l *lexer) next() (token, error) {
	l.skipSpace()
	start := l.pos
	if start == len(l.src) {
		return token{kind: tokEnd, pos: start}, nil
	}
	c := l.src[start]
	switch {
	case isDigit(c), c == '.' && start+1 < len(l.src) && isDigit(l.src[start+1]):
		return l.number(), nil
	case c == '"' || c == '\'':
		end := strings.IndexByte(l.src[start+1:], c)
		if end < 0 {
			return token{}, syntaxError(l.src, start, "a string literal does not end")
		}
		l.pos = start + 1 + end + 1
		return token{kind: tokLiteral, text: l.src[start+1 : l.pos-1], pos: start}, nil
	case c == '$':
		l.pos++
		l.skipSpace()
		prefix, local, ok := l.qname()
		if !ok || local == "*" {
			return token{}, syntaxError(l.src, start, "a variable name must follow \"$\"")
		}
		return token{kind: tokVariable, prefix: prefix, local: local, pos: start}, nil
	case c == '*':
		l.pos++
		if l.operatorExpected() {
			return token{kind: tokOperator, text: "*", pos: start}, nil
		}
		return token{kind: tokName, local: "*", pos: start}, nil
	}
	for _, m := range marks {
		if strings.HasPrefix(l.src[start:], m.text) {
			l.pos += len(m.text)
			return token{kind: m.kind, text: m.text, pos: start}, nil
		}
	}
	return l.name()
}

// number reads Digits ('.' Digits?)? or '.' Digits.
func (l *lexer) number() token {
	start := l.pos
	for l.pos < len(l.src) && isDigit(l.src[l.pos]) {
		l.pos++
	}
	if l.pos < len(l.src) && l.src[l.pos] == '.' {
		l.pos++
		for l.pos < len(l.src) && isDigit(l.src[l.pos]) {
			l.pos++
		}
	}
	return token{kind: tokNumber, text: l.src[start:l.pos], pos: start}
}

// name reads a name and decides what it is: an operator, an axis, a function, a node type or a name test.
func (l *lexer) name() (token, error) {
	start := l.pos
	if l.operatorExpected() {
		word := l.ncname()
		switch word {
		case "and", "or", "div", "mod":
			return token{kind: tokOperator, text: word, pos: start}, nil
		}
		return token{}, syntaxError(l.src, start, "an operator is expected")
	}
	prefix, local, ok := l.qname()
	if !ok {
		return token{}, syntaxError(l.src, start, "a name is expected")
	}
	end := l.pos
	l.skipSpace()
	rest := l.src[l.pos:]
	switch {
	case strings.HasPrefix(rest, "::"):
		if prefix != "" || local == "*" {
			return token{}, syntaxError(l.src, start, "an axis is expected before \"::\"")
		}
		l.pos += 2
		return token{kind: tokAxis, local: local, pos: start}, nil
	case strings.HasPrefix(rest, "(") && local != "*":
		if prefix == "" && isNodeType(local) {
			return token{kind: tokNodeType, local: local, pos: start}, nil
		}
		return token{kind: tokFunction, prefix: prefix, local: local, pos: start}, nil
	}
	l.pos = end
	return token{kind: tokName, prefix: prefix, local: local, pos: start}, nil
}

func isNodeType(name string) bool {
	return name == "node" || name == "text" || name == "comment" || name == "processing-instruction"
}

// qname reads NCName, NCName ':' NCName or NCName ':' '*'.
func (l *lexer) qname() (prefix, local string, ok bool) {
	local = l.ncname()
	if local == "" {
		return "", "", false
	}
	rest := l.src[l.pos:]
	if len(rest) < 2 || rest[0] != ':' || rest[1] == ':' {
		return "", local, true
	}
	prefix = local
	l.pos++
	if rest[1] == '*' {
		l.pos++
		return prefix, "*", true
	}
	local = l.ncname()
	return prefix, local, local != ""
}

// ncname reads the longest NCName here, "" when there is none.
func (l *lexer) ncname() string {
	name := xmldoc.NCName(l.src[l.pos:])
	l.pos += len(name)
	return name
}

// syntaxError names the place as a character position, from 1.
func syntaxError(src string, pos int, format string, args ...any) error {
	at := utf8.RuneCountInString(src[:pos]) + 1
	return bcperr.New(bcperr.XSLTInvalid, "expression %s, character %d: %s", bcperr.Quote(src), at,
		fmt.Sprintf(format, args...))
}
