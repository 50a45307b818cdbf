package xslt

import "strconv"

// textSerializer is the output method text: the characters, nothing else. Source: XSLT 1.0 §16.3.
type textSerializer struct {
	stringValue
	charset  charset
	out      []byte
	repeated repeated
}

func newTextSerializer(props *outputProperties, max int, f *fault) *textSerializer {
	return &textSerializer{stringValue: stringValue{max: max, fault: f}, charset: charsetNamed(props.encoding)}
}

func (s *textSerializer) startElement(string, bool, string) {}
func (s *textSerializer) endElement(string)                 {}

// characters writes text; what the encoding lacks becomes a reference, as in the JDK, though nobody will read it as
// one.
func (s *textSerializer) characters(text string) {
	s.fault.spend(len(text) / copiedPerStep)
	if s.charset.max == 0x10FFFF {
		s.write(text)
		return
	}
	s.fault.spend(len(text) / writtenPerStep)
	for _, r := range text {
		if s.charset.has(r) {
			s.write(string(r))
		} else {
			s.write("&#" + strconv.Itoa(int(r)) + ";")
		}
	}
}

func (s *textSerializer) write(text string) {
	switch {
	case s.fault.err != nil:
	case len(s.out)+len(text) > s.max:
		s.fault.fail(errOutput(s.max))
	case s.repeated.departs(len(s.out), text):
		s.fault.fail(errDeparts)
	default:
		s.out = append(s.out, text...)
	}
}
