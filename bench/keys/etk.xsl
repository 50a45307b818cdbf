<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:e="urn:be:fgov:ehealth:etkdepot:1_0:protocol">
  <!-- A few paths: the recipients whose encryption token is asked for. -->
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:template match="/">
    <xsl:text>etk</xsl:text>
    <xsl:for-each select="e:GetEtkRequest/e:SearchCriteria/e:Identifier">
      <xsl:value-of select="concat(';', normalize-space(e:Type), '=', normalize-space(e:Value))"/>
      <xsl:if test="e:ApplicationID">
        <xsl:value-of select="concat('/', normalize-space(e:ApplicationID))"/>
      </xsl:if>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
