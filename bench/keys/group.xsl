<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:t="urn:be:example:tarification:v1">
  <!-- Grouping by xsl:key: every provider once, with the codes that it asks for. -->
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:key name="by-provider" match="t:Item" use="@provider"/>
  <xsl:template match="/">
    <xsl:for-each select="t:ConsultRequest/t:Item[generate-id() = generate-id(key('by-provider', @provider)[1])]">
      <xsl:sort select="@provider"/>
      <xsl:value-of select="concat(@provider, ':')"/>
      <xsl:for-each select="key('by-provider', @provider)">
        <xsl:value-of select="t:Code"/>
        <xsl:if test="position() != last()">,</xsl:if>
      </xsl:for-each>
      <xsl:text>;</xsl:text>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
