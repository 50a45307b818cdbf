package cachekey

import (
	"bytes"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/payload"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xslt"
)

// Stylesheet is a compiled stylesheet. It does not change: it makes any number of keys.
type Stylesheet struct{ sheet *xslt.Stylesheet }

// Compile compiles an XSLT 1.0 stylesheet.
//
// Errors: input-too-large, encoding-invalid, xml-malformed, xml-forbidden and limit-exceeded for its XML; xslt-invalid
// for what is no stylesheet; xslt-forbidden for one that asks for another file, another address or code of its own.
func Compile(stylesheet []byte) (*Stylesheet, error) {
	sheet, err := xslt.Compile(stylesheet)
	if err != nil {
		return nil, err
	}
	return &Stylesheet{sheet}, nil
}

// Key is what a stylesheet makes of a request.
//
// Shape: Text is the whole output, white space included, as UTF-8. Constant says that it says nothing of the request:
// it is no key. Messages are what the stylesheet said by xsl:message, in order. Text and Messages may hold patient
// data.
type Key struct {
	Text     string
	Constant bool
	Messages []string
}

// Key returns the key of a SOAP request. Messages come with an error too.
//
// Errors: xml-malformed and its like for a request that cannot be parsed, soap-malformed for one without a payload;
// xslt-failed when the stylesheet gives up; limit-exceeded when it takes too much; key-empty when it writes nothing but
// white space.
func (s *Stylesheet) Key(request []byte) (Key, error) {
	source, err := payload.Read(request)
	if err != nil {
		return Key{}, err
	}
	result, err := s.sheet.Transform(source, xslt.DefaultLimits)
	switch {
	case err != nil:
		return Key{Messages: result.Messages}, err
	case len(bytes.Trim(result.Output, " \t\r\n")) == 0:
		return Key{Messages: result.Messages},
			bcperr.New(bcperr.KeyEmpty, "the stylesheet writes nothing for this request")
	}
	return Key{string(result.Output), s.saysNothing(source, result), result.Messages}, nil
}

// probe is any document: a stylesheet that reads no text makes the same of every one with this shape.
const probe = `<p:a xmlns:p="u" xmlns="u" b="1" c="2"><a b="1"><a/><a>t</a><a b="1"/></a>` +
	`<a><a><a>t</a><a/></a><a/></a><a>t<a b="1"/>t</a></p:a>`

// probeLimits keep a stylesheet that never ends from holding up the opening of a catalogue; an honest one writes a key
// of some hundred octets in some thousand steps.
var probeLimits = xslt.Limits{Steps: 10_000, Depth: 1_000, Nodes: 10_000, OutputBytes: 64 << 10}

// judge refuses a stylesheet that provably gives requests of different patients one key, because it reads no text and
// no attribute value. When it asks for no names either, what it does for the probe it does for every request, so a
// failure there is told instead. The steps of the probe come off those that are left.
//
// Errors: key-constant; key-empty; limit-exceeded and xslt-failed from the probe.
func (s *Stylesheet) judge(left *int64) error {
	constant := bcperr.New(bcperr.KeyConstant,
		"the stylesheet reads no value of the request: all patients would share a key")
	switch {
	case !s.sheet.Constant():
		return nil
	case s.sheet.AsksNames():
		return constant
	}
	doc, err := xmldoc.ParseString(probe, xmldoc.DocumentLimits)
	if err != nil {
		return err // unreachable: the probe is well-formed
	}
	limits := probeLimits
	limits.Steps = min(limits.Steps, *left)
	result, err := s.sheet.Transform(doc, limits)
	*left -= result.Steps
	switch {
	case err != nil:
		return err
	case len(result.Output) == 0:
		return bcperr.New(bcperr.KeyEmpty,
			"the stylesheet reads no value of the request, and wrote nothing when it was tried")
	}
	return constant
}
