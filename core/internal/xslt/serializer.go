package xslt

import "strings"

// repeated is the output that a result must not depart from; nil for none.
type repeated []byte

// departs: is text, written at that place, another one?
func (r repeated) departs(at int, text string) bool {
	return r != nil && (at+len(text) > len(r) || string(r[at:at+len(text)]) != text)
}

// serializer is what the xml and the html output methods share: the octets written so far, the open elements, pending
// attributes, and the state of indentation.
//
// Source: JDK 17, its serializer (ToStream), which decides the octets of a key.
type serializer struct {
	out       []byte
	calls     int // of write
	paid      int // octets of out, and as many for its calls, that were paid for
	max       int
	repeated  repeated
	fault     *fault
	props     outputProperties
	charset   charset
	html      bool
	prefixes  prefixMap
	open      []openElement // open[0] stands for the document
	pending   []attribute   // of the element whose start tag is open
	started   bool          // the declaration has been written, or left out
	doctype   bool          // a document type declaration is still due
	inCDATA   bool          // a CDATA section is open
	raw       bool          // disable-output-escaping
	rawBelow  int           // the same, switched by processing instructions
	buffered  []textPiece   // text held back because indentation depends on what follows
	newLine   bool          // the next indentation begins with a line end
	afterText bool
	block     bool // html: the last tag was of a block element
	children  int  // children of the open element so far, when indenting
	preserve  bool // xml:space="preserve" holds, when indenting
}

type openElement struct {
	name     string
	space    string
	hasSpace bool
	tagOpen  bool // its start tag is not closed yet
	cdata    bool // its text goes into CDATA sections
	html     htmlElement
	children int  // of the parent, before this element
	preserve bool // xml:space inside it
}

type attribute struct{ name, value string }

type textPiece struct {
	text string
	raw  bool
}

func newSerializer(props *outputProperties, max int, f *fault) serializer {
	return serializer{max: max, fault: f, props: *props, charset: charsetNamed(props.encoding),
		open: make([]openElement, 1, 16), prefixes: prefixMap{fault: f}}
}

func (s *serializer) top() *openElement { return &s.open[len(s.open)-1] }
func (s *serializer) depth() int        { return len(s.open) - 1 }

func (s *serializer) write(text string) {
	if s.fault.err != nil {
		return
	}
	if len(s.out)+len(text) > s.max {
		s.fault.fail(errOutput(s.max))
		return
	}
	if s.repeated.departs(len(s.out), text) {
		s.fault.fail(errDeparts)
		return
	}
	s.out = append(s.out, text...)
	if s.calls++; s.written() > s.paid {
		s.pay()
	}
}

// How many octets a step writes, and for how many the serializer pays at once: most are written a few at a time, and a
// call for them takes as long as four octets.
const (
	writtenPerStep = 4
	octetsOfCall   = 4
	paidAtOnce     = 64
)

func (s *serializer) written() int { return len(s.out) + octetsOfCall*s.calls }

func (s *serializer) pay() {
	pieces := (s.written()-s.paid)/paidAtOnce + 1
	s.paid += pieces * paidAtOnce
	s.fault.spend(pieces * paidAtOnce / writtenPerStep)
}

func (s *serializer) indents() bool {
	return s.props.indent && (s.html || !s.preserve)
}

func (s *serializer) shouldIndent() bool { return s.indents() && s.depth() > 0 }

func (s *serializer) indent(depth int) {
	if s.newLine {
		s.write("\n")
	}
	for n := depth * s.props.indentAmount; n > 0 && s.fault.err == nil; n -= len(blanks) {
		s.write(blanks[:min(n, len(blanks))])
	}
}

const blanks = "                                "

func (s *serializer) escaping(on bool) bool {
	was := !s.raw
	s.raw = !on
	return was
}

func (s *serializer) lookupPrefix(prefix string) (string, bool) { return s.prefixes.lookup(prefix) }

func (s *serializer) namespace(prefix, space string) {
	if e := s.top(); !e.hasSpace && prefix == "" && !strings.Contains(e.name, ":") {
		e.space, e.hasSpace = space, true
	}
	s.declare(prefix, space, s.depth())
}

// declare binds a prefix and makes the attribute that says so.
func (s *serializer) declare(prefix, space string, depth int) {
	if !s.prefixes.push(prefix, space, depth) {
		return
	}
	if prefix == "" {
		s.addAttribute("xmlns", space)
	} else if space != "" {
		s.addAttribute("xmlns:"+prefix, space)
	}
}

// ensureDeclared declares the prefix of an element whose namespace is known before its start tag is written.
func (s *serializer) ensureDeclared(space, qualified string) {
	if space == "" {
		return
	}
	prefix, _ := splitName(qualified)
	if now, ok := s.prefixes.lookup(prefix); !ok || now != space {
		s.closeStartTag()
		s.declare(prefix, space, s.depth()+1)
	}
}

// patchName drops a prefix that is bound to no namespace.
func (s *serializer) patchName(qualified string) string {
	prefix, local := splitName(qualified)
	if prefix != "" {
		if space, ok := s.prefixes.lookup(prefix); ok && space == "" {
			return local
		}
	}
	return qualified
}

func (s *serializer) attribute(qualified, value string) {
	if !s.top().tagOpen {
		return
	}
	qualified = s.patchName(qualified)
	if prefix, _ := splitName(qualified); prefix != "" && prefix != "xmlns" {
		if _, ok := s.prefixes.lookup(prefix); !ok {
			s.fault.fail(errFailed("the prefix %q of attribute %q is bound to no namespace", prefix, qualified))
			return
		}
	}
	s.addAttribute(qualified, value)
}

func (s *serializer) addAttribute(qualified, value string) {
	if len(s.buffered) > 0 {
		return
	}
	s.setPending(qualified, value)
	if s.props.indent && qualified == "xml:space" && (value == "preserve" || value == "default") {
		s.preserve = value == "preserve"
		s.top().preserve = s.preserve
	}
}

func (s *serializer) setPending(qualified, value string) {
	s.fault.spend(len(s.pending) / namesPerStep)
	for i := range s.pending {
		if s.pending[i].name == qualified {
			s.pending[i].value = value
			return
		}
	}
	if len(s.pending) >= maxTogether {
		s.fault.fail(errTogether("attributes"))
		return
	}
	s.pending = append(s.pending, attribute{qualified, value})
}

// isCDATA says whether the text of the open element goes into CDATA sections.
func (s *serializer) isCDATA() bool {
	if len(s.props.cdata) == 0 {
		return false
	}
	e := s.top()
	prefix, local := splitName(e.name)
	if !e.hasSpace || e.space == "" {
		e.space, _ = s.prefixes.lookup(prefix)
		e.hasSpace = true
	}
	return s.props.cdata[expandedName{e.space, local}]
}

// closeStartTag ends an open start tag, with its pending attributes.
func (s *serializer) closeStartTag() {
	e := s.top()
	if !e.tagOpen {
		return
	}
	s.writePending()
	s.write(">")
	e.cdata = s.isCDATA()
	e.tagOpen = false
}

func (s *serializer) writePending() {
	for _, a := range s.pending {
		s.writeAttribute(a.name, a.value)
	}
	s.pending = s.pending[:0]
}

func (s *serializer) writeAttribute(name, value string) {
	s.write(" ")
	if s.html {
		s.writeHTMLAttribute(name, value)
		return
	}
	s.write(name)
	s.write(`="`)
	s.writeValue(value)
	s.write(`"`)
}

func (s *serializer) closeCDATA() {
	if s.inCDATA {
		s.write("]]>")
		s.inCDATA = false
	}
}

func (s *serializer) comment(text string) {
	if s.props.indent {
		s.children++
		s.flushText()
	}
	s.closeStartTag()
	s.startDocument()
	s.closeCDATA()
	if s.shouldIndent() {
		s.indent(s.depth())
	}
	s.write("<!--")
	s.write(safeComment(text))
	s.write("-->")
	s.newLine = true
}

// The targets of the processing instructions that switch escaping: that is how a result tree fragment remembers
// disable-output-escaping. Source: javax.xml.transform.Result.
const (
	disableEscaping = "javax.xml.transform.disable-output-escaping"
	enableEscaping  = "javax.xml.transform.enable-output-escaping"
)

// startProcInst does what comes before a processing instruction, and says whether it is one to write.
func (s *serializer) startProcInst(target string) bool {
	if s.props.indent {
		s.children++
		s.flushText()
	}
	s.startDocument()
	s.closeStartTag()
	s.closeCDATA()
	switch target {
	case disableEscaping:
		s.rawBelow++
		return false
	case enableEscaping:
		s.rawBelow = max(0, s.rawBelow-1)
		return false
	}
	if s.shouldIndent() {
		s.indent(s.depth())
	}
	return true
}

// safeComment breaks up what would end a comment. Source: XSLT 1.0 §7.4.
func safeComment(text string) string {
	if !strings.Contains(text, "--") && !strings.HasSuffix(text, "-") {
		return text
	}
	var b strings.Builder
	dash := false
	for i := 0; i < len(text); i++ {
		if dash && text[i] == '-' {
			b.WriteByte(' ')
		}
		dash = text[i] == '-'
		b.WriteByte(text[i])
	}
	if dash {
		b.WriteByte(' ')
	}
	return b.String()
}

func (s *serializer) writeExternalID() {
	public, system := s.props.doctypePublic, s.props.doctypeSystem
	switch {
	case public != "" && system != "":
		s.write(" PUBLIC " + quoted(public) + " " + quoted(system))
	case public != "":
		s.write(" PUBLIC " + quoted(public))
	case system != "":
		s.write(" SYSTEM " + quoted(system))
	}
}

func quoted(text string) string {
	if strings.Contains(text, `"`) {
		return "'" + text + "'"
	}
	return `"` + text + `"`
}

// startDocument writes what stands before everything else, once.
func (s *serializer) startDocument() {
	if s.started {
		return
	}
	s.started = true
	s.newLine = false
	if s.html {
		if s.props.doctypePublic != "" || s.props.doctypeSystem != "" {
			s.write("<!DOCTYPE html")
			s.writeExternalID()
			s.write(">\n")
		}
		return
	}
	s.doctype = true
	if s.props.omitDeclaration {
		return
	}
	version := s.props.version
	if version == "" {
		version = "1.0"
	}
	s.write(`<?xml version="` + version + `" encoding="` + s.charset.name + `"`)
	if s.props.standalone != "" {
		s.write(` standalone="` + s.props.standalone + `"`)
	}
	s.write("?>")
	if s.props.indent && (s.props.standalone != "" || s.props.doctypePublic != "" || s.props.doctypeSystem != "") {
		s.write("\n")
	}
}

func (s *serializer) endDocument() {
	if s.props.indent {
		s.flushText()
	}
	s.startDocument()
	s.closeStartTag()
	s.closeCDATA()
	if s.props.indent && !s.afterText {
		s.write("\n")
	}
}
