package xslt

// outputProperties are the attributes of xsl:output that change the result, merged over all of them.
//
// Source: XSLT 1.0 §16.
type outputProperties struct {
	method          string // "" lets the first element decide between html and xml
	version         string
	encoding        string
	omitDeclaration bool
	standalone      string // "", "yes" or "no"
	doctypePublic   string
	doctypeSystem   string
	indent          bool
	indentAmount    int
	cdata           map[expandedName]bool
}

type expandedName struct{ space, local string }
