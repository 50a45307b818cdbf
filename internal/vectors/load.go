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
//
// Shape: Args is the JSON that the call takes, Blobs are its octets in order, the first one expanded.
type Case struct {
	Name      string
	Operation string
	Args      json.RawMessage
	Blobs     [][]byte
	Want      Want
}

// Load reads the vectors that the index of a testdata folder lists.
//
// Errors: a file that is missing, an unknown key, a want that is neither code nor ok: a runner must then fail.
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
	if (v.Want.Code == "") == (v.Want.OK == nil) {
		return Case{}, fmt.Errorf("want needs a code or ok, not both")
	}
	args, err := json.Marshal(v.Args)
	if err != nil {
		return Case{}, err
	}
	c := Case{Name: name, Operation: v.Operation, Args: args, Want: v.Want}
	for _, blob := range v.Blobs {
		content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(blob)))
		if err != nil {
			return Case{}, err
		}
		c.Blobs = append(c.Blobs, content)
	}
	if v.Expand != nil {
		c.Blobs[0], err = v.Expand.apply(c.Blobs[0])
	}
	return c, err
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
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%s: more text after the JSON value", file)
	}
	return nil
}
