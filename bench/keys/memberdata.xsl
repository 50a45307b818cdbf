<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <!-- Recursion over the whole request with sorted attributes: all but what differs from call to call. -->
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:strip-space elements="*"/>
  <xsl:template match="/">
    <xsl:apply-templates select="*"/>
  </xsl:template>
  <xsl:template match="*">
    <xsl:value-of select="concat('{', namespace-uri(), '}', local-name(), '(')"/>
    <xsl:apply-templates select="@*">
      <xsl:sort select="local-name()"/>
    </xsl:apply-templates>
    <xsl:apply-templates select="*|text()"/>
    <xsl:text>)</xsl:text>
  </xsl:template>
  <xsl:template match="@*">
    <xsl:value-of select="concat('@', local-name(), '=', ., ';')"/>
  </xsl:template>
  <xsl:template match="@Id | @IssueInstant"/>
  <xsl:template match="*[local-name() = 'InputReference']" priority="1"/>
  <xsl:template match="text()">
    <xsl:value-of select="normalize-space()"/>
  </xsl:template>
</xsl:stylesheet>
