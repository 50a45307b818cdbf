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
	wants := 0
	for _, has := range []bool{v.Want.Code != "", v.Want.OK != nil, v.Want.Answer != nil} {
		if has {
			wants++
		}
	}
	if wants != 1 {
		return Case{}, fmt.Errorf("want needs a code, ok or an answer, and one of them")
	}
	if _, known := arguments[v.Operation]; !known {
		return Case{}, fmt.Errorf("unknown operation %q", v.Operation)
	}
	args, err := json.Marshal(v.Args)
	if err != nil {
		return Case{}, err
	}
	if err := strict(args, arguments[v.Operation]()); err != nil {
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

// arguments are the forms of the arguments by operation.
var arguments = map[string]func() any{
	OpenCatalogue: func() any { return &Args{} }, Classify: func() any { return &AnswerArgs{} },
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
