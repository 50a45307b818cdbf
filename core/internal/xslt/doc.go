// Package xslt compiles XSLT 1.0 stylesheets and transforms xmldoc trees with them, in a sandbox.
//
// Where the standard leaves a choice, the result is what the JDK's javax.xml.transform writes for the same stylesheet
// and a DOMSource(element) into a StringWriter, because the cache keys of servers come from there: text, xml and html
// output methods, the order of namespaces and attributes, generated prefixes, character references. Where the JDK
// departs from the standard, the standard holds: docs/cache.md#where-the-jdk-differs lists what is known.
//
// Nothing is read but the two trees: document(), xsl:import, xsl:include, extension elements without xsl:fallback and
// calls of Java or script code are refused when the stylesheet is compiled. Steps, depth, nodes and output are bounded.
// Instructions run on a stack of their own, never by recursion, so that a stylesheet cannot exhaust the stack of the
// machine or of a browser.
//
// Left out: DTD (so no ids and no unparsed entities), output encodings beyond those of charset.go.
//
// Source: XSLT 1.0; EXSLT; behaviour of JDK 17 (XSLTC) where XSLT leaves a choice.
package xslt
