package xslt

import (
	"strconv"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// maxNesting bounds the depth of a stylesheet's elements, which the compiler follows by recursion. The deepest
// stylesheet of the conformance suite has 25.
const maxNesting = 250

// CompileSteps bounds the compilation of one stylesheet, in the steps of xpath.Budget: 0.2 s in WebAssembly. The
// largest of the corpus takes 16,000.
const CompileSteps = 1_000_000

// What the compiler does takes so many steps, measured on stylesheets of 1 MiB that hold little else.
const (
	readPerStep     = 8  // octets of the source
	elementSteps    = 20 // an instruction
	literalSteps    = 20 // a literal result element, beside that
	expressionSteps = 20 // an expression or a pattern, and two for each octet of it
	lookedAtPerStep = 8  // elements and declarations on the way to that of a prefix
)

// sourceLimits are those of a stylesheet as XML: what has more elements would not be compiled to the end.
var sourceLimits = func() xmldoc.Limits {
	l := xmldoc.DocumentLimits
	l.MaxTokens, l.MaxNodes, l.MaxNames = 100_000, 150_000, 10_000
	return l
}()

// compiler holds what the compilation of one stylesheet needs.
type compiler struct {
	sheet    *Stylesheet
	fault    fault // only of the budget
	root     *xmldoc.Node
	locals   []*variable // variables in scope; those of the innermost body from scope on
	scope    int
	dead     int // > 0 inside what an xsl:if or xsl:when on function-available() rules out
	depth    int
	excluded map[string]int    // namespaces that literal result elements leave out, counted
	aliases  map[string]string // stylesheet prefix -> result prefix
	extended map[string]bool   // namespaces of extension elements
	prefixes int               // generated so far
	rules    map[expandedName][]*rule
	order    int
	outputs  []*xmldoc.Node

	stripping bool                       // some white space rule strips
	matched   map[*xmldoc.Node]*template // templates without a name
	keys      map[*xmldoc.Node]*keyDeclaration
	scopes    map[*xmldoc.Node]*literalScope // the literal result elements being compiled
}

// compileTree compiles a stylesheet that was read already.
func compileTree(doc *xmldoc.Node, budget *xpath.Budget) (*Stylesheet, error) {
	root := doc
	if root.Kind == xmldoc.Document {
		if err := checkProlog(doc); err != nil {
			return nil, err
		}
		root = doc.DocumentElement()
	}
	c := &compiler{
		fault: fault{budget: budget},
		root:  root,
		sheet: &Stylesheet{
			modes:   map[expandedName]*ruleSet{},
			builtin: &ruleSet{},
			named:   map[expandedName]*template{},
			global:  map[expandedName]int{},
			keys:    map[expandedName][]*keyDeclaration{},
			formats: map[expandedName]*decimalFormat{},
			sets:    map[expandedName]*attributeSet{},
			asked:   newNameTests(),
			words:   map[string]bool{},
		},
		excluded: map[string]int{Namespace: 1},
		aliases:  map[string]string{},
		extended: map[string]bool{},
		matched:  map[*xmldoc.Node]*template{},
		keys:     map[*xmldoc.Node]*keyDeclaration{},
		scopes:   map[*xmldoc.Node]*literalScope{},
		rules:    map[expandedName][]*rule{},
	}
	if err := c.checkScopes(); err != nil {
		return nil, err
	}
	if err := c.compile(); err != nil {
		return nil, err
	}
	return c.sheet, c.fault.err
}

// checkProlog refuses a stylesheet that asks for another one.
func checkProlog(doc *xmldoc.Node) error {
	for n := doc.FirstChild; n != nil; n = n.Next {
		if n.Kind == xmldoc.ProcInst && n.Name.Local == "xml-stylesheet" {
			return errForbidden("a stylesheet cannot name another one (xml-stylesheet)")
		}
	}
	return nil
}

func (c *compiler) compile() error {
	if c.root.Name.Space == Namespace && (c.root.Name.Local == "stylesheet" || c.root.Name.Local == "transform") {
		if err := c.stylesheet(); err != nil {
			return err
		}
	} else if err := c.simplified(); err != nil {
		return err
	}
	for mode, rules := range c.rules {
		c.sheet.modes[mode] = newRuleSet(rules)
	}
	if !c.catchesRoot() {
		c.sheet.reads = true // the built-in rules walk the source and copy its text
	}
	return nil
}

// catchesRoot says whether a template of the stylesheet, and no built-in rule, takes the root of the source.
func (c *compiler) catchesRoot() bool {
	for _, r := range c.rules[expandedName{}] {
		if r.alternative.Kind == xmldoc.Document {
			return true
		}
	}
	return false
}

// simplified compiles a literal result element as the one template of a stylesheet. Source: XSLT 1.0 §2.3.
func (c *compiler) simplified() error {
	version := c.root.Attr(Namespace, "version")
	if version == nil {
		return errInvalid("the root element is neither xsl:stylesheet nor has an xsl:version attribute")
	}
	c.sheet.compatible = isForwards(version.Value)
	if err := c.output(); err != nil {
		return err
	}
	i, err := c.literal(c.root)
	if err != nil {
		return err
	}
	return c.addRules(c.root, "/", expandedName{}, "", &template{body: []instruction{i}})
}

func isForwards(version string) bool {
	v, err := strconv.ParseFloat(strings.TrimSpace(version), 64)
	return err != nil || v != 1
}

// stylesheet compiles the top-level elements: first what the others refer to, then the templates.
//
// Source: XSLT 1.0 §2.2.
func (c *compiler) stylesheet() error {
	version, ok := c.root.AttrValue("version")
	if !ok {
		return errInvalid("xsl:stylesheet has no version attribute")
	}
	c.sheet.compatible = isForwards(version)
	if err := c.checkAttributes(c.root, "version id extension-element-prefixes exclude-result-prefixes"); err != nil {
		return err
	}
	if list, ok := c.root.AttrValue("exclude-result-prefixes"); ok {
		if err := c.exclude(c.root, list, 1); err != nil {
			return err
		}
	}
	if list, ok := c.root.AttrValue("extension-element-prefixes"); ok {
		if err := c.extensionPrefixes(c.root, list); err != nil {
			return err
		}
	}
	for _, pass := range []func(*xmldoc.Node) error{c.declare, c.define} {
		for el := range c.root.Elements() {
			c.fault.spend(elementSteps)
			if err := pass(el); err != nil {
				return err
			}
			if c.fault.err != nil {
				return c.fault.err
			}
		}
	}
	c.askedToStrip()
	return c.output()
}

// declare compiles the top-level elements that others refer to by name.
func (c *compiler) declare(el *xmldoc.Node) error {
	if el.Name.Space != Namespace {
		return nil
	}
	switch el.Name.Local {
	case "import", "include":
		return errForbidden("xsl:%s reads another stylesheet", el.Name.Local)
	case "output":
		c.outputs = append(c.outputs, el)
	case "strip-space", "preserve-space":
		return c.spaceRules(el)
	case "decimal-format":
		return c.decimalFormat(el)
	case "namespace-alias":
		return c.alias(el)
	case "variable", "param":
		return c.declareGlobal(el)
	case "template":
		return c.declareTemplate(el)
	case "attribute-set":
		return c.declareSet(el)
	case "key":
		return c.declareKey(el)
	case "stylesheet", "transform":
		return errInvalid("xsl:%s stands inside a stylesheet", el.Name.Local)
	default:
		if !c.sheet.compatible {
			return errInvalid("xsl:%s is no top-level element of XSLT 1.0", el.Name.Local)
		}
	}
	return nil
}

// define compiles the top-level elements that have content.
func (c *compiler) define(el *xmldoc.Node) error {
	if el.Name.Space != Namespace {
		return nil
	}
	c.locals, c.scope = c.locals[:0], 0
	switch el.Name.Local {
	case "variable", "param":
		return c.defineGlobal(el)
	case "template":
		return c.defineTemplate(el)
	case "attribute-set":
		return c.defineSet(el)
	case "key":
		return c.defineKey(el)
	}
	return nil
}

// checkAttributes refuses attributes without a namespace that the element does not have. Source: XSLT 1.0 §2.1, §2.5.
func (c *compiler) checkAttributes(el *xmldoc.Node, allowed string) error {
	for a := el.FirstAttr; a != nil; a = a.Next {
		if a.Name.Space != "" || strings.Contains(" "+allowed+" ", " "+a.Name.Local+" ") {
			continue
		}
		if !c.sheet.compatible {
			return errInvalid("xsl:%s has no attribute %s", el.Name.Local, a.Name.Local)
		}
	}
	return nil
}

// required returns an attribute that must be there.
func (c *compiler) required(el *xmldoc.Node, name string) (string, error) {
	value, ok := el.AttrValue(name)
	if !ok {
		return "", errInvalid("xsl:%s has no %s attribute", el.Name.Local, name)
	}
	return value, nil
}
