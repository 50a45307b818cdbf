package xmldoc

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func canonical(t testing.TB, text string) string {
	t.Helper()
	doc, err := Parse([]byte(text), DocumentLimits)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, Canonicalize(&out, doc, nil, nil))
	return out.String()
}

func TestSmoke(t *testing.T) {
	require.Equal(t, `<a xmlns="urn:x" b="1" c="2 &quot;"><p:b xmlns:p="urn:y" p:d="1">x&amp;y&#xD;
&lt;</p:b><?pi data?></a>`, canonical(t, "<?xml version='1.0'?>\n<a c='2\t\"' b=\"1\" xmlns='urn:x' xmlns:p='urn:y'><p:b p:d='1'>x&amp;y&#13;\r\n<![CDATA[<]]></p:b><!-- c --><?pi   data?></a>"))
}
