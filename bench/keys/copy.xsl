<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:h="urn:be:example:hub:v3" exclude-result-prefixes="h">
  <!-- Copies of subtrees, written as XML. -->
  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes"/>
  <xsl:template match="/">
    <key version="1">
      <xsl:copy-of select="h:GetTransactionListRequest/h:select/h:patient"/>
      <xsl:copy-of select="h:GetTransactionListRequest/h:select/h:transaction"/>
    </key>
  </xsl:template>
</xsl:stylesheet>
