package core

import "github.com/ehealth-bcp/ehealth-bcp/core/procedure"

const etkDepot = "uddi:ehealth-fgov-be:business:etkdepot"

// etkStylesheet writes the whole question, element by element, with depth, name and value. Values go with their length,
// so that no value can look like the rest of another key; white space around them, prefixes and comments do not count.
const etkStylesheet = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text"/>
<xsl:template match="/">
  <xsl:for-each select="//*">
    <xsl:value-of select="concat(';', count(ancestor::*), local-name())"/>
    <xsl:for-each select="@* | self::*[not(*)]">
      <xsl:variable name="value" select="normalize-space()"/>
      <xsl:value-of select="concat(',', local-name(), ':', string-length($value), ':', $value)"/>
    </xsl:for-each>
  </xsl:for-each>
</xsl:template>
</xsl:stylesheet>`

// etkFailure writes the Status of an answer of the depot that gives no public key, as the platform does in a complete
// answer without a fault; nothing for one that gives a key of a recipient.
const etkFailure = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text"/>
<xsl:template match="/">
  <xsl:value-of select="//*[local-name()='Status'][*[local-name()='Code'][normalize-space()!='200']
      or not(//*[local-name()='ETK'][normalize-space()])]"/>
</xsl:template>
</xsl:stylesheet>`

// isKeepable: of the ETK depot, no answer that says that it gives no public key. It would take the place of one that
// was kept, just before it is needed.
//
// Source: docs/design.md#what-is-stored.
func isKeepable(service string, answer []byte) bool {
	if !procedure.Matches(etkDepot, service) {
		return true
	}
	_, err := CacheKey([]byte(etkFailure), answer)
	return err != nil
}

// builtIn returns the stylesheet that is known for a service to which a catalogue gives no Cache, or "".
//
// Shape: for the ETK depot in any version. With the defaults of a CacheRule, the answers with one's own public key and
// with those of others are kept, and used only when nothing answers.
// Source: docs/design.md#application-rules.
func builtIn(service string) string {
	if procedure.Matches(etkDepot, service) {
		return etkStylesheet
	}
	return ""
}
