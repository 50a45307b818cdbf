package xslt

// textSerializer is the output method text: the characters, nothing else. Source: XSLT 1.0 §16.3.
type textSerializer struct {
	stringValue
	charset charset
	out     []byte
}

func newTextSerializer(props *outputProperties, max int, f *fault) *textSerializer {
	return &textSerializer{stringValue: stringValue{max: max, fault: f}, charset: charsetNamed(props.encoding)}
}

func (s *textSerializer) startElement(string, bool, string) {}
func (s *textSerializer) endElement(string)                 {}

func (s *textSerializer) characters(text string) {
	if len(s.out)+len(text) > s.max {
		s.fault.fail(errOutput(s.max))
		return
	}
	s.out = append(s.out, text...)
}
