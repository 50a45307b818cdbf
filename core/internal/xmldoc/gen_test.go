package xmldoc

import (
	"fmt"
	"math/rand"
	"strings"
)

// catalogue returns an unsigned list in the exact form of the genuine ones, with services of two endpoints each.
func catalogue(services int) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<ServiceList xmlns="urn:be:fgov:ehealth:bcp:protocol:v1" xmlns:ns2="http://www.w3.org/2000/09/xmldsig#" ` +
		`Environment="Production" Id="_8aa3c80e-4255-42c2-89af-e1b9884f99d4" ` +
		`IssueInstant="2020-09-14T10:20:09.583+02:00">`)
	for i := range services {
		fmt.Fprintf(&b, `<Service Id="uddi:ehealth-fgov-be:business:service%d:v1" Name="SERVICE NAME %d V1">`+
			`<Endpoint Order="0" Status="ACTIVE">https://services.ehealth.fgov.be/Service%d/v1</Endpoint>`+
			`<Endpoint Order="1" Status="INACTIVE">https://services.ehealth2.be/Service%d/v1</Endpoint></Service>`, i,
			i, i, i)
	}
	b.WriteString(`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="xmldsig-1"><ds:SignedInfo>` + "\n" +
		`<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>` +
		"\n</ds:SignedInfo>\n<ds:SignatureValue>" +
		strings.Repeat("\n"+strings.Repeat("A", 76)+"&#13;", 100) +
		"\n</ds:SignatureValue></ds:Signature></ServiceList>\n")
	return b.String()
}

// generator writes random well-formed documents that use every corner of the syntax which the canonical form levels.
type generator struct {
	r          *rand.Rand
	noComments bool // leaves comments out; all else is the same for the same seed
	ids        int  // when above 0, elements have xml:id e1, e2, …
	scopes     []map[string]string
	b          strings.Builder
	nodes      int
}

var spaces = []string{"urn:a", "urn:b", "http://example.org/c", "urn:a", "http://example.org/d?x=1"}

func newGenerator(seed int64) *generator {
	return &generator{r: rand.New(rand.NewSource(seed)), scopes: []map[string]string{{"": ""}}}
}

// document returns the document of a seed.
func document(seed int64) string { return newGenerator(seed).document() }

func (g *generator) document() string {
	if g.r.Intn(2) == 0 {
		g.b.WriteString(`<?xml version="1.0" encoding="utf-8"?>`)
	}
	g.outer()
	g.element(0)
	g.outer()
	return g.b.String()
}

func (g *generator) pick(choices ...string) string { return choices[g.r.Intn(len(choices))] }

// put writes markup that may be a comment.
func (g *generator) put(s string) {
	if !g.noComments || !strings.HasPrefix(s, "<!--") {
		g.b.WriteString(s)
	}
}

func (g *generator) outer() {
	for range g.r.Intn(3) {
		g.put(g.pick("\n", " ", "<!-- out -->", "<?out data?>", "<?out?>", "\r\n"))
	}
}

func (g *generator) element(depth int) {
	g.nodes++
	scope := map[string]string{}
	for k, v := range g.scopes[len(g.scopes)-1] {
		scope[k] = v
	}
	var decls []string
	for _, prefix := range []string{"", "p", "q", "long"} {
		if g.r.Intn(4) > 0 {
			continue
		}
		space := spaces[g.r.Intn(len(spaces))]
		if prefix == "" && g.r.Intn(3) == 0 {
			space = ""
		}
		scope[prefix] = space
		name := "xmlns:" + prefix
		if prefix == "" {
			name = "xmlns"
		}
		decls = append(decls, name+"="+g.quoted(space))
	}
	g.scopes = append(g.scopes, scope)
	defer func() { g.scopes = g.scopes[:len(g.scopes)-1] }()

	var prefixes []string
	for _, prefix := range []string{"", "p", "q", "long"} {
		if _, ok := scope[prefix]; ok {
			prefixes = append(prefixes, prefix)
		}
	}
	name := g.qualify(g.pick(prefixes...), g.pick("a", "b", "naïve", "élan-1.2_3", "x"))
	parts := append(decls, g.attributes(scope, prefixes)...)
	if g.ids > 0 {
		parts = append(parts, fmt.Sprintf("xml:id='e%d'", g.ids))
		g.ids++
	}
	g.r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	g.b.WriteString("<" + name)
	for _, part := range parts {
		g.b.WriteString(g.pick(" ", "  ", "\n", "\t") + part)
	}
	g.b.WriteString(g.pick("", " ", "\n"))
	if g.r.Intn(5) == 0 {
		g.b.WriteString("/>")
		return
	}
	g.b.WriteString(">")
	for range g.r.Intn(6) {
		g.content(depth)
	}
	g.b.WriteString("</" + name + g.pick("", " ") + ">")
}

func (g *generator) qualify(prefix, local string) string {
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}

func (g *generator) attributes(scope map[string]string, prefixes []string) (out []string) {
	seen := map[string]bool{}
	for range g.r.Intn(5) {
		prefix, local := g.pick(prefixes...), g.pick("a", "b", "c", "é", "xml")
		space := scope[prefix]
		if prefix == "" {
			space = ""
		}
		if seen[space+" "+local] {
			continue
		}
		seen[space+" "+local] = true
		out = append(out, g.qualify(prefix, local)+g.pick("=", " = ")+g.quoted(g.value()))
	}
	if g.r.Intn(6) == 0 {
		out = append(out, "xml:lang="+g.quoted("nl"))
	}
	return out
}

func (g *generator) quoted(value string) string {
	if strings.Contains(value, "\"") || g.r.Intn(2) == 0 && !strings.Contains(value, "'") {
		return "'" + strings.ReplaceAll(value, "'", "&apos;") + "'"
	}
	return "\"" + value + "\""
}

func (g *generator) value() string {
	var b strings.Builder
	for range g.r.Intn(4) {
		b.WriteString(g.pick("v", "  ", "\n", "\t", "\r\n", "\r", "&#13;", "&#xA;", "&#9;", "&amp;", "&lt;", ">",
			"&quot;", "'", "\"", "é", "€", "𝄞", "&#x1D11E;", "]]>"))
	}
	return b.String()
}

func (g *generator) content(depth int) {
	if g.nodes > 60 {
		return
	}
	switch g.r.Intn(9) {
	case 0, 1, 2:
		if depth < 7 {
			g.element(depth + 1)
		}
	case 3:
		g.put(g.pick("<!---->", "<!-- a - b -->", "<!-- <x> & \r\n -->"))
	case 4:
		g.b.WriteString(g.pick("<?pi?>", "<?pi data?>", "<?pi   more <data> & ?>", "<?pi a\r\nb?>"))
	case 5:
		g.b.WriteString(g.pick("<![CDATA[]]>", "<![CDATA[ <x> & ]] ]]>", "<![CDATA[]]]]>", "<![CDATA[\r\n]]>"))
	default:
		for range 1 + g.r.Intn(3) {
			piece := g.pick("text", " ", "\n", "\r\n", "\r", "\t", "&#13;", "&#10;", "&amp;", "&lt;", "&gt;", ">", "]]",
				"]", "\"", "'", "é", "€", "𝄞", "&#233;", "&#xE9;")
			if piece == ">" && strings.HasSuffix(g.b.String(), "]]") {
				piece = "&gt;"
			}
			g.b.WriteString(piece)
		}
	}
}
