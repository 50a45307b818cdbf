<?xml version="1.0" encoding="UTF-8"?>
<!-- writes the whole payload as text: expanded names, attributes by name, text -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text"/>
  <xsl:strip-space elements="*"/>
  <xsl:template match="*">
    <xsl:value-of select="concat('{', namespace-uri(), '}', local-name())"/>
    <xsl:for-each select="@*">
      <xsl:sort select="namespace-uri()"/>
      <xsl:sort select="local-name()"/>
      <xsl:value-of select="concat('@{', namespace-uri(), '}', local-name(), '=', .)"/>
    </xsl:for-each>
    <xsl:text>(</xsl:text>
    <xsl:apply-templates select="* | text()"/>
    <xsl:text>)</xsl:text>
  </xsl:template>
  <xsl:template match="text()"><xsl:value-of select="."/></xsl:template>
</xsl:stylesheet>
