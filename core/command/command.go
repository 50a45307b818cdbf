package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Exit codes of every command.
const (
	ExitAccepted = 0
	ExitRejected = 1
	ExitUsage    = 2
)

// Outcome is what the process prints and the code it ends with; or, with Mirror, what the host does in its place.
type Outcome struct {
	Exit   int     `json:"exit"`
	Stdout string  `json:"stdout"`
	Stderr string  `json:"stderr"`
	Mirror *Mirror `json:"mirror,omitempty"`
}

// File is a file that a command line needs.
//
// Units: MaxBytes in bytes; the host reads at most one byte more and hands over what it read, so that the core can
// say that it was too much. Of a Spare one that cannot be read, the host prints what Unreadable has for standard error,
// and goes on with no octets: what that costs is a finding.
type File struct {
	Name     string `json:"name"`
	MaxBytes int    `json:"maxBytes"`
	Spare    bool   `json:"spare,omitempty"`
}

// Files returns the files that args need, in the order in which Run wants their bytes. A second result that is not
// nil ends the process without reading anything: help, or a usage error.
func Files(args []string) ([]File, *Outcome) {
	line, ended := parse(args)
	if ended != nil {
		return nil, ended
	}
	return append([]File{}, line.files...), nil // [] and not null when it needs none
}

// Run performs the command line args.
//
// Shape: contents holds the bytes of Files(args), in that order. now is the time of judgement where the command line
// names none.
func Run(args []string, contents [][]byte, now time.Time) Outcome {
	line, ended := parse(args)
	if ended != nil {
		return *ended
	}
	if len(contents) != len(line.files) {
		return rejected(bcperr.New(bcperr.BadCall, "expected the bytes of %d files, got %d", len(line.files),
			len(contents)))
	}
	line.contents = contents
	line.now = now
	answer, err := line.command.run(line)
	if _, isUsage := err.(usageError); isUsage {
		return *usage(line.command, err.Error())
	}
	if err != nil {
		return rejected(err)
	}
	switch answer := answer.(type) {
	case rawAnswer:
		return Outcome{Exit: ExitAccepted, Stdout: string(answer)}
	case *Mirror:
		return Outcome{Mirror: answer}
	case Outcome:
		return answer
	}
	return Outcome{Exit: ExitAccepted, Stdout: printed(answer)}
}

// Unreadable is the outcome when the host cannot read one of the files.
//
// Shape: reason is a few words such as "not found"; hosts use the same ones so that outputs agree.
func Unreadable(name, reason string) Outcome {
	return Outcome{Exit: ExitUsage, Stderr: fmt.Sprintf("bcp: cannot read %q: %s\n", name, reason)}
}

// rawAnswer is printed as it is instead of as JSON.
type rawAnswer string

// rejected tells an error as JSON. A file that says how to judge, and cannot be read, says nothing against what was to
// be judged: the call was wrong.
func rejected(err error) Outcome {
	exit := ExitRejected
	if bcperr.CodeOf(err) == bcperr.BadCall {
		exit = ExitUsage
	}
	return Outcome{Exit: exit, Stdout: printed(struct {
		OK     bool        `json:"ok"`
		Code   bcperr.Code `json:"code"`
		Detail string      `json:"detail"`
	}{false, bcperr.CodeOf(err), bcperr.DetailOf(err)})}
}

// printed returns one line of JSON. HTML escaping is off: a terminal is not a page, and URLs hold '&'. What would steer
// a terminal, or turn the direction of writing, is escaped: a name may hold it, and a reader of JSON gets it back.
func printed(answer any) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(answer); err != nil {
		panic("internal error: an answer does not encode: " + err.Error())
	}
	return bcperr.Inert(out.String())
}

// usageError is a command line that cannot be understood.
type usageError string

func (e usageError) Error() string { return string(e) }

func usage(c *command, problem string) *Outcome {
	var out strings.Builder
	name := "bcp"
	if c != nil {
		name += " " + c.name
	}
	fmt.Fprintf(&out, "%s: %s\n", name, problem)
	if c != nil {
		fmt.Fprintf(&out, "usage: bcp %s\ntry: bcp help %s\n", c.usage, c.name)
	} else {
		out.WriteString("try: bcp help\n")
	}
	return &Outcome{Exit: ExitUsage, Stderr: out.String()}
}
