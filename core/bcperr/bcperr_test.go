package bcperr_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// A caller asks for a code with errors.Is, however deep the Error lies.
func TestErrorIs(t *testing.T) {
	t.Parallel()
	inner := bcperr.New(bcperr.Incomplete, "cut: %w", io.ErrUnexpectedEOF)
	outer := fmt.Errorf("a call: %w", bcperr.New(bcperr.NotRepeatable, "once: %w", inner))
	for name, c := range map[string]struct {
		target error
		want   bool
	}{
		"its code":          {bcperr.NotRepeatable, true},
		"of an Error below": {bcperr.Incomplete, true},
		"the cause":         {io.ErrUnexpectedEOF, true},
		"another code":      {bcperr.EndpointsExhausted, false},
		"same text":         {errors.New("not-repeatable"), false},
	} {
		require.Equal(t, c.want, errors.Is(outer, c.target), name)
	}
	require.Equal(t, "not-repeatable", bcperr.NotRepeatable.Error())
	require.Equal(t, "not-repeatable", fmt.Sprint(bcperr.NotRepeatable))
}
