package xslt

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

func (c *compiler) declareGlobal(el *xmldoc.Node) error {
	name, err := c.variableName(el)
	if err != nil {
		return err
	}
	if _, twice := c.sheet.global[name]; twice {
		return errInvalid("two global variables are called %s", name.local)
	}
	c.sheet.global[name] = len(c.sheet.globals)
	c.sheet.globals = append(c.sheet.globals, &variable{name: name, param: el.Name.Local == "param"})
	return nil
}

func (c *compiler) variableName(el *xmldoc.Node) (expandedName, error) {
	if err := c.checkAttributes(el, "name select"); err != nil {
		return expandedName{}, err
	}
	return c.ownName(el)
}

func (c *compiler) defineGlobal(el *xmldoc.Node) error {
	name, err := c.variableName(el)
	if err != nil {
		return err
	}
	return c.variableValue(el, c.sheet.globals[c.sheet.global[name]])
}

func (c *compiler) declareTemplate(el *xmldoc.Node) error {
	if err := c.checkAttributes(el, "match name priority mode"); err != nil {
		return err
	}
	t := &template{}
	match, hasMatch := el.AttrValue("match")
	if qualified, ok := el.AttrValue("name"); ok {
		name, err := c.name(el, qualified)
		if err != nil {
			return err
		}
		if c.sheet.named[name] != nil {
			return errInvalid("two templates are called %s", qualified)
		}
		t.name = name
		c.sheet.named[name] = t
	} else if !hasMatch {
		return errInvalid("a template has neither match nor name")
	} else {
		c.matched[el] = t
	}
	if !hasMatch {
		return nil // the JDK does not mind a mode or a priority
	}
	mode, err := c.mode(el)
	if err != nil {
		return err
	}
	priority, _ := el.AttrValue("priority")
	return c.addRules(el, match, mode, priority, t)
}

func (c *compiler) mode(el *xmldoc.Node) (expandedName, error) {
	qualified, ok := el.AttrValue("mode")
	if !ok {
		return expandedName{}, nil
	}
	return c.name(el, qualified)
}

// addRules files a template under its mode, one rule for each alternative of its pattern.
//
// All alternatives get the lowest default priority among them, as in the JDK; XSLT 1.0 §5.5 gives each its own.
func (c *compiler) addRules(el *xmldoc.Node, match string, mode expandedName, priority string, t *template) error {
	pattern, err := c.pattern(el, match)
	if err != nil {
		return err
	}
	lowest := pattern.Alternatives[0].Priority
	for _, alternative := range pattern.Alternatives {
		lowest = min(lowest, alternative.Priority)
	}
	if priority != "" {
		if lowest, err = strconv.ParseFloat(strings.TrimSpace(priority), 64); err != nil {
			return errInvalid("the priority %q is no number", priority)
		}
	}
	for _, alternative := range pattern.Alternatives {
		c.rules[mode] = append(c.rules[mode], &rule{
			alternative: alternative, priority: lowest, template: t, order: c.order,
			cost: 1 + int64(len(alternative.Space))/octetsPerRule,
		})
		c.order++
	}
	return nil
}

func (c *compiler) defineTemplate(el *xmldoc.Node) error {
	t := c.templateOf(el)
	body, err := c.body(el)
	if err != nil {
		return err
	}
	t.body = body
	return nil
}

// templateOf finds what declareTemplate made.
func (c *compiler) templateOf(el *xmldoc.Node) *template {
	if qualified, ok := el.AttrValue("name"); ok {
		name, _ := c.name(el, qualified)
		return c.sheet.named[name]
	}
	return c.matched[el]
}

// spaceRule is one name test of xsl:strip-space or xsl:preserve-space. Source: XSLT 1.0 §3.4.
type spaceRule struct {
	space, local string
	anySpace     bool // *
	anyLocal     bool // * or p:*
	strip        bool
}

func (r *spaceRule) matches(name *xmldoc.Name) bool {
	return (r.anySpace || r.space == name.Space) && (r.anyLocal || r.local == name.Local)
}

func (r *spaceRule) rank() int {
	switch {
	case !r.anyLocal:
		return 2
	case !r.anySpace:
		return 1
	}
	return 0
}

func (c *compiler) spaceRules(el *xmldoc.Node) error {
	list, err := c.required(el, "elements")
	if err != nil {
		return err
	}
	for _, test := range strings.Fields(list) {
		r := spaceRule{strip: el.Name.Local == "strip-space"}
		prefix, local := splitName(test)
		switch {
		case test == "*":
			r.anySpace, r.anyLocal = true, true
		case prefix != "":
			space, ok := c.fault.lookUp(el, prefix)
			if !ok {
				return errInvalid("the prefix of %s is bound to no namespace", test)
			}
			r.space, r.local, r.anyLocal = space, local, local == "*"
		default:
			r.local = local // no default namespace in a NameTest (XPath 1.0 §2.3)
		}
		if len(c.sheet.strip) >= maxTogether {
			return errTogether("rules for white space")
		}
		c.sheet.strip = append(c.sheet.strip, r)
		c.stripping = c.stripping || r.strip
	}
	return nil
}

// askedToStrip adds the names of the rules for white space to those that the stylesheet asks for: also the names to
// preserve, but only when there is something to strip, as in the JDK.
func (c *compiler) askedToStrip() {
	for _, r := range c.sheet.strip {
		if c.stripping && !r.anyLocal {
			c.sheet.asked.elements[expandedName{r.space, r.local}] = true
		}
	}
}

func (c *compiler) decimalFormat(el *xmldoc.Node) error {
	if err := c.checkAttributes(el, "name decimal-separator grouping-separator infinity minus-sign NaN percent "+
		"per-mille zero-digit digit pattern-separator"); err != nil {
		return err
	}
	var name expandedName
	if qualified, ok := el.AttrValue("name"); ok {
		var err error
		if name, err = c.name(el, qualified); err != nil {
			return err
		}
	}
	f := defaultDecimalFormat()
	symbols := map[string]*rune{
		"decimal-separator": &f.decimal, "grouping-separator": &f.grouping, "minus-sign": &f.minus,
		"percent":   &f.percent,
		"per-mille": &f.perMille, "zero-digit": &f.zeroDigit, "digit": &f.digit, "pattern-separator": &f.patternSep,
	}
	for a := el.FirstAttr; a != nil; a = a.Next {
		switch symbol := symbols[a.Name.Local]; {
		case a.Name.Space != "":
		case symbol != nil:
			*symbol, _ = utf8.DecodeRuneInString(a.Value)
		case a.Name.Local == "infinity":
			f.infinity = a.Value
		case a.Name.Local == "NaN":
			f.nan = a.Value
		}
	}
	if other := c.sheet.formats[name]; other != nil && *other != *f { // XSLT 1.0 §12.3
		return errInvalid("two decimal formats that differ are called %q", name.local)
	}
	c.sheet.formats[name] = f
	return nil
}

const outputAttributes = "method version encoding omit-xml-declaration standalone doctype-public doctype-system " +
	"cdata-section-elements indent media-type"

// output merges the xsl:output elements: later ones win, the names of CDATA elements add up. Source: XSLT 1.0 §16.
func (c *compiler) output() error {
	p := &c.sheet.output
	p.version = "1.0"
	indent := ""
	for _, el := range c.outputs {
		if err := c.checkAttributes(el, outputAttributes); err != nil {
			return err
		}
		for a := el.FirstAttr; a != nil; a = a.Next {
			if a.Name.Space != "" || a.Value == "" {
				continue
			}
			switch a.Name.Local {
			case "method":
				p.method = strings.ToLower(a.Value)
			case "version":
				p.version = a.Value
			case "encoding":
				p.encoding = a.Value
			case "omit-xml-declaration":
				p.omitDeclaration = a.Value == "yes"
			case "standalone":
				p.standalone = a.Value
			case "doctype-public":
				p.doctypePublic = a.Value
			case "doctype-system":
				p.doctypeSystem = a.Value
			case "indent":
				indent = a.Value
			case "cdata-section-elements":
				if err := c.cdataElements(el, a.Value); err != nil {
					return err
				}
			}
		}
	}
	switch p.method {
	case "", "xml", "html", "text":
	default:
		return errInvalid("the output method %q is not known", p.method)
	}
	p.indent = indent == "yes" || indent == "" && p.method == "html"
	p.indentAmount = 4
	return nil
}

func (c *compiler) cdataElements(el *xmldoc.Node, names string) error {
	for _, qualified := range strings.Fields(names) {
		name, err := c.name(el, qualified)
		if err != nil {
			return err
		}
		if name.space == "" {
			name.space, _ = c.fault.lookUp(el, "")
		}
		if c.sheet.output.cdata == nil {
			c.sheet.output.cdata = map[expandedName]bool{}
		}
		c.sheet.output.cdata[name] = true
	}
	return nil
}
