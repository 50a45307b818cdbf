package vectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Case is a vector with its files, ready for a runner.
type Case struct {
	Name  string
	Calls []Ready
}

// Ready is a call with its files.
//
// Shape: Args is the JSON that the call takes, Blobs are its octets in order, the first one expanded.
type Ready struct {
	Operation string
	Args      json.RawMessage
	Blobs     [][]byte
	Want      Want
}

// Load reads the vectors that the index of a testdata folder lists.
//
// Errors: a file that is missing, an unknown key, a want that is none: a runner must then fail.
func Load(testdata string) ([]Case, error) {
	var index Index
	if err := readStrict(filepath.Join(testdata, IndexName), &index); err != nil {
		return nil, err
	}
	var cases []Case
	for _, name := range index.Vectors {
		c, err := loadCase(testdata, name)
		if err != nil {
			return nil, fmt.Errorf("vector %s: %w", name, err)
		}
		cases = append(cases, c)
	}
	return cases, nil
}

func loadCase(testdata, name string) (Case, error) {
	folder := filepath.Join(testdata, "vectors", filepath.FromSlash(name))
	var v Vector
	if err := readStrict(filepath.Join(folder, "vector.json"), &v); err != nil {
		return Case{}, err
	}
	calls := v.Calls
	if calls == nil {
		calls = []Call{v.Call}
	} else if v.Operation != "" {
		return Case{}, fmt.Errorf("one operation and several calls")
	}
	c := Case{Name: name}
	for i, one := range calls {
		ready, err := one.load(folder)
		if err != nil {
			return Case{}, fmt.Errorf("call %d: %w", i+1, err)
		}
		c.Calls = append(c.Calls, ready)
	}
	return c, nil
}

func (c Call) load(folder string) (Ready, error) {
	wants := 0
	for _, has := range []bool{c.Want.Code != "", c.Want.OK != nil, c.Want.Answer != nil, c.Want.Value != nil} {
		if has {
			wants++
		}
	}
	if wants != 1 {
		return Ready{}, fmt.Errorf("want needs a code, ok, an answer or a value, and one of them")
	}
	var args bytes.Buffer
	if err := json.Compact(&args, c.Args); err != nil {
		return Ready{}, err
	}
	ready := Ready{Operation: c.Operation, Args: args.Bytes(), Want: c.Want}
	for _, blob := range c.Blobs {
		content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(blob)))
		if err != nil {
			return Ready{}, err
		}
		ready.Blobs = append(ready.Blobs, content)
	}
	if c.Expand != nil {
		var err error
		if ready.Blobs[0], err = c.Expand.apply(ready.Blobs[0]); err != nil {
			return Ready{}, err
		}
	}
	return ready, nil
}

func (e Expand) apply(content []byte) ([]byte, error) {
	if bytes.Count(content, []byte(e.Marker)) != 1 {
		return nil, fmt.Errorf("the marker %q does not occur exactly once", e.Marker)
	}
	return bytes.Replace(content, []byte(e.Marker), bytes.Repeat([]byte(e.Text), e.Times), 1), nil
}

func readStrict(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := strict(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// strict reads one JSON value in which every key is known.
func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("more text after the JSON value")
	}
	return nil
}
