// Package scenarios reads the texts that the commands of drills and simulations play: a file, or one that comes with
// the product; and takes them apart into lines. What a line may say is for each command.
package scenarios

import (
	"embed"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Own are the texts that come with the product: scenarios/NAME and Ext, in Files.
type Own struct {
	Files embed.FS
	Ext   string
}

// Names returns the names of the texts, sorted.
func (o Own) Names() []string {
	entries, err := o.Files.ReadDir("scenarios")
	if err != nil {
		panic("internal error: " + err.Error()) // unreachable: it is embedded
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), o.Ext)
	}
	slices.Sort(names)
	return names
}

// Text returns the text of that name, and whether there is one.
func (o Own) Text(name string) ([]byte, bool) {
	text, err := o.Files.ReadFile("scenarios/" + name + o.Ext)
	return text, err == nil
}

// Load returns the text of that name or, where there is none, of that file: at most maxBytes and one, so that Lines
// refuses a file without end as too large.
//
// Errors: scenario-invalid.
func (o Own) Load(name string) ([]byte, error) {
	if text, found := o.Text(name); found {
		return text, nil
	}
	text, err := read(name, maxBytes+1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, bcperr.New(bcperr.ScenarioInvalid,
			"no file %q, and no scenario of that name%s; those that come along: %s",
			name, bcperr.Nearest(name, o.Names()), strings.Join(o.Names(), ", "))
	}
	if err != nil {
		return nil, bcperr.New(bcperr.ScenarioInvalid, "%q cannot be read: %w", name, err)
	}
	return text, nil
}

func read(name string, limit int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, limit))
}
