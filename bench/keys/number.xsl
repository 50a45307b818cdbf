<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:r="urn:be:example:recipe:v4">
  <!-- Numbers: arithmetic, sum, a numeric sort, format-number and xsl:number. -->
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:template match="/">
    <xsl:for-each select="r:PriceRequest/r:Line">
      <xsl:sort select="@quantity" data-type="number" order="descending"/>
      <xsl:number value="position()" format="001"/>
      <xsl:value-of select="concat(' ', r:Cnk, ' ', format-number(@quantity * r:Price, '#,##0.00'), ' ', round(r:Price * 100) div 100, '|')"/>
    </xsl:for-each>
    <xsl:value-of select="concat(format-number(sum(r:PriceRequest/r:Line/r:Price), '0.000'), '/', count(r:PriceRequest/r:Line))"/>
  </xsl:template>
</xsl:stylesheet>
