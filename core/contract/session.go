package contract

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
)

// Number is the number of the contract. Adding a field or a code keeps it; renaming, removing or changing a meaning
// raises it.
const Number = 1

// maxOpen bounds the table of catalogues. A client holds one per environment, and two for the length of a refresh.
const maxOpen = 64

// maxHandle: handles are numbers that JavaScript and a 32-bit int hold.
const maxHandle = 1<<31 - 1

// Session holds the open catalogues of one caller. It is not for use by several goroutines at once.
type Session struct {
	open    map[int]*core.Catalogue
	last    int
	checked dsig.Checked
}

// NewSession returns a session without open catalogues.
func NewSession() *Session { return &Session{open: map[int]*core.Catalogue{}} }

// operation decodes its arguments, calls one function of the door, and returns what to encode.
type operation func(s *Session, args json.RawMessage, blobs [][]byte) (any, error)

// Call performs one operation and returns the reply.
//
// Errors: whatever happens comes back as a reply; bad-call for an unknown operation or arguments that do not fit,
// internal for a panic, after which the session goes on working.
func (s *Session) Call(name string, args []byte, blobs [][]byte) (reply string) {
	defer func() {
		if r := recover(); r != nil {
			reply = Failed(bcperr.New(bcperr.Internal, "panic in %s: %v", name, r))
		}
	}()
	op, ok := operations[name]
	if !ok {
		return Failed(bcperr.New(bcperr.BadCall, "unknown operation %q", name))
	}
	value, err := op(s, args, blobs)
	if err != nil {
		return Failed(err)
	}
	if v, ok := value.(appender); ok {
		return string(append(v.appendJSON([]byte(`{"ok":true,"value":`)), '}'))
	}
	return encoded(struct {
		OK    bool `json:"ok"`
		Value any  `json:"value"`
	}{true, value})
}

// appender is a value that writes its own JSON: the replies on the path of every call, where reflection would cost more
// than the choice itself.
type appender interface{ appendJSON([]byte) []byte }

// Failed returns the reply for an error: also for one that the host of a session found before it could call.
func Failed(err error) string {
	type failure struct {
		Code   bcperr.Code `json:"code"`
		Detail string      `json:"detail"`
	}
	return encoded(struct {
		OK    bool    `json:"ok"`
		Error failure `json:"error"`
	}{false, failure{bcperr.CodeOf(err), bcperr.DetailOf(err)}})
}

// encoded returns v as one line of JSON. HTML escaping is off: replies are parsed, never put into a page as text.
func encoded(v any) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("internal error: a reply does not encode: " + err.Error())
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// read decodes args strictly: an unknown field is a caller's mistake, not something to ignore.
//
// A type that reads itself is called at once: through encoding/json its text would be scanned twice. Of any other,
// these members must be there, and none may be null: to encoding/json both are the zero value.
func read(args json.RawMessage, into any, needed []string) error {
	if own, ok := into.(json.Unmarshaler); ok {
		return own.UnmarshalJSON(args)
	}
	dec := json.NewDecoder(bytes.NewReader(args))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return bcperr.New(bcperr.BadCall, "arguments: %s", bcperr.JSONFlaw(args, err))
	}
	if _, err := dec.Token(); err != io.EOF {
		return bcperr.New(bcperr.BadCall, "the arguments hold more than one JSON value")
	}
	return wire.Read(args, "arguments", func(r *wire.Reader) {
		r.Need(needed...)
		r.Open('{')
		for r.More('}') {
			name := r.Member()
			if bytes.HasPrefix(r.Raw(), []byte("n")) {
				r.Reject(bcperr.New(bcperr.BadCall, "arguments: %s: expected a value, got null", name))
			}
		}
	})
}

// catalogue returns the catalogue that a handle stands for.
func (s *Session) catalogue(handle int) (*core.Catalogue, error) {
	c, ok := s.open[handle]
	if !ok {
		return nil, bcperr.New(bcperr.BadCall, "no catalogue is open under handle %d", handle)
	}
	return c, nil
}

// keep gives a catalogue a handle.
func (s *Session) keep(c *core.Catalogue) (int, error) {
	if len(s.open) >= maxOpen {
		return 0, bcperr.New(bcperr.LimitExceeded, "%d catalogues are open already; close those that are not used",
			maxOpen)
	}
	s.last++
	s.open[s.last] = c
	return s.last, nil
}

// exactly checks the number of blobs.
func exactly(blobs [][]byte, n int) error {
	if len(blobs) != n {
		return bcperr.New(bcperr.BadCall, "expected %d blobs, got %d", n, len(blobs))
	}
	return nil
}
