package xslt

import "strings"

// unknownSerializer holds the first element back until it is clear whether the output method is html or xml.
//
// Source: XSLT 1.0 §16; JDK 17 (ToUnknownStream).
type unknownSerializer struct {
	receiver // the xml serializer, or the html serializer once the first element called for it
	props    *outputProperties
	max      int
	fault    *fault
	decided  bool
	first    struct {
		seen, known bool
		name, space string
		attributes  []attribute
		namespaces  []attribute
	}
}

func newUnknownSerializer(props *outputProperties, max int, f *fault, r repeated) *unknownSerializer {
	xml := newXMLSerializer(props, max, f)
	xml.repeated = r
	return &unknownSerializer{receiver: xml, props: props, max: max, fault: f}
}

// decide lets the first element through, into the serializer that it calls for.
func (s *unknownSerializer) decide() {
	if s.decided || !s.first.seen {
		return
	}
	s.decided = true
	if s.firstIsHTML() {
		props := *s.props
		props.indent, props.encoding = true, "UTF-8"
		html := newHTMLSerializer(&props, s.max, s.fault)
		xml := s.receiver.(*xmlSerializer)
		html.out, html.repeated = xml.out, xml.repeated
		s.receiver = html
	}
	s.receiver.startElement(s.first.space, s.first.known, s.first.name)
	for _, a := range s.first.attributes {
		s.receiver.attribute(a.name, a.value)
	}
	for _, n := range s.first.namespaces {
		s.receiver.namespace(n.name, n.value)
	}
}

func (s *unknownSerializer) firstIsHTML() bool {
	prefix, local := splitName(s.first.name)
	if prefix == "" {
		local = s.first.name
	}
	if !strings.EqualFold(local, "html") || s.first.space != "" {
		return false
	}
	for _, n := range s.first.namespaces {
		if n.name == prefix && n.value != "" {
			return false
		}
	}
	return true
}

func (s *unknownSerializer) startElement(space string, known bool, qualified string) {
	if s.decided || s.first.seen {
		s.decide()
		s.receiver.startElement(space, known, qualified)
		return
	}
	s.first.seen, s.first.name, s.first.space, s.first.known = true, qualified, space, known
}

func (s *unknownSerializer) endElement(qualified string) {
	s.decide()
	s.receiver.endElement(qualified)
}

func (s *unknownSerializer) namespace(prefix, space string) {
	if s.decided || !s.first.seen {
		s.receiver.namespace(prefix, space)
		return
	}
	if own, _ := splitName(s.first.name); !s.first.known && prefix == own {
		s.first.space, s.first.known = space, true // so its own declaration comes first
	}
	s.first.namespaces = append(s.first.namespaces, attribute{prefix, space})
}

func (s *unknownSerializer) attribute(qualified, value string) {
	s.decide()
	s.receiver.attribute(qualified, value)
}

func (s *unknownSerializer) uniqueAttribute(qualified, value string) {
	s.decide()
	s.receiver.uniqueAttribute(qualified, value)
}

func (s *unknownSerializer) characters(text string) {
	s.decide()
	s.receiver.characters(text)
}

func (s *unknownSerializer) comment(text string) {
	s.decide()
	s.receiver.comment(text)
}

func (s *unknownSerializer) procInst(target, data string) {
	s.decide()
	s.receiver.procInst(target, data)
}

func (s *unknownSerializer) lookupPrefix(prefix string) (string, bool) {
	s.decide()
	return s.receiver.lookupPrefix(prefix)
}

func (s *unknownSerializer) endDocument() {
	s.decide()
	s.receiver.endDocument()
}

func (s *unknownSerializer) bytes() []byte {
	if html, ok := s.receiver.(*htmlSerializer); ok {
		return html.out
	}
	return s.receiver.(*xmlSerializer).out
}
