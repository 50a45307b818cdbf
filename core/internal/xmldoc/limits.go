package xmldoc

// Limits bounds what Parse takes. All fields count; zero allows nothing.
//
// A node costs 88 bytes and a distinct name about 250, so MaxNodes and MaxNames bound the memory of a tree whatever
// its octets; the others refuse early what no lawful document of the profile has.
type Limits struct {
	MaxBytes        int // octets of the document, BOM included
	MaxDepth        int // open elements; the root is 1
	MaxAttributes   int // attributes of one element
	MaxDeclarations int // namespace declarations of one element
	MaxTokens       int // tags, runs of text, CDATA sections, comments, processing instructions
	MaxNodes        int // all nodes: attributes and namespace declarations too
	MaxNames        int // distinct names as written
}

// MaxName bounds a name and the name of a namespace, in octets: XPath compares them at every node that it visits. The
// servers' JDK has the same bound (jdk.xml.maxXMLNameLimit); the longest in a genuine message has 80.
const MaxName = 1000

// CatalogueLimits is the profile for signed catalogues.
var CatalogueLimits = Limits{
	MaxBytes:        4 << 20, // production: 15.5 kB; 10,000 services: 3.2 MB
	MaxDepth:        32,      // production: 9, below SigningCertificate
	MaxAttributes:   64,      // production: 3
	MaxDeclarations: 64,      // production: 2
	MaxTokens:       200_000, // 10,000 services of two endpoints: 80,000
	MaxNodes:        400_000, // 10,000 services of two endpoints: 110,000; 35 MB
	MaxNames:        10_000,  // production: 45
}

// RequestLimits is the profile for requests of which a cache key is made: they are read, copied out of their envelope
// and copied again where the stylesheet strips white space, 0.3 s in WebAssembly for the largest number of nodes. A
// genuine request has hundreds; 1 MiB of short elements has 140,000 tokens.
var RequestLimits = Limits{
	MaxBytes: 16 << 20, MaxDepth: 1000, MaxAttributes: 256, MaxDeclarations: 256, // as any message
	MaxTokens: 200_000,
	MaxNodes:  300_000, // 26 MB for each copy
	MaxNames:  20_000,
}

// DocumentLimits is the profile for answers and stylesheets.
var DocumentLimits = Limits{
	MaxBytes:        16 << 20,  // attachments in base64 inside an answer; the platform's own messages stay below 10 MB
	MaxDepth:        1000,      // what XPath and XSLT can walk by recursion in a browser's stack
	MaxAttributes:   256,       // stylesheets and SOAP use a handful
	MaxDeclarations: 256,       // as attributes
	MaxTokens:       600_000,   // a 10 MB hub document of elements with short texts: 400,000
	MaxNodes:        1_000_000, // 88 MB: with the octets, twice, and the names below 256 MiB
	MaxNames:        50_000,    // 13 MB
}
