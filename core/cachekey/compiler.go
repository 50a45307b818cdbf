package cachekey

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xslt"
)

// sharedSteps bounds the compilation and the probing of all stylesheets of a catalogue together: 0.4 s in WebAssembly,
// beside 0.3 s for verifying a catalogue of the largest size. A genuine stylesheet takes 1,000 to 5,000, and a
// catalogue has some 25 services.
const sharedSteps = 2_000_000

// Compiler readies the stylesheets of one catalogue: each text once, and all of them within one bound, in the order in
// which they are asked for. A stylesheet that comes when the bound is used up is refused, so which caches are on
// depends on the catalogue alone.
type Compiler struct {
	left     int64
	compiled map[string]compiled
}

type compiled struct {
	sheet *Stylesheet
	err   error
}

// NewCompiler returns a Compiler for one catalogue.
func NewCompiler() *Compiler {
	return &Compiler{left: sharedSteps, compiled: map[string]compiled{}}
}

// stylesheet compiles and judges a text, or returns what came of it before.
func (c *Compiler) stylesheet(source string) (*Stylesheet, error) {
	done, ok := c.compiled[source]
	if !ok {
		done.sheet, done.err = c.ready([]byte(source))
		c.compiled[source] = done
	}
	return done.sheet, done.err
}

func (c *Compiler) ready(source []byte) (*Stylesheet, error) {
	own := min(c.left, xslt.CompileSteps)
	budget := &xpath.Budget{Steps: own}
	sheet, err := xslt.CompileWithin(source, budget)
	c.left -= own - budget.Steps
	if err == nil {
		s := &Stylesheet{sheet}
		if err = s.judge(&c.left); err == nil {
			return s, nil
		}
	}
	if c.left <= 0 {
		return nil, bcperr.New(bcperr.LimitExceeded, "the stylesheets of the catalogue up to this one take more "+
			"steps than all of them may: %d", sharedSteps)
	}
	return nil, err
}
