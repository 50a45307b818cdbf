// Package pemtext reads the blocks of PEM text as they come out of files, environment variables and configuration.
//
// The form is RFC 7468's, read by its boundaries and not by its lines: a byte order mark, blanks at either end of a
// line, any line ends or none, line ends written as \n by a tool that quoted them, and text around the blocks change
// nothing. Header fields of RFC 1421 are skipped. A block that cannot be read is returned with the reason, so that it
// costs no other.
//
// The caller must still check the label, and the octets.
//
// Source: RFC 7468 §2, §3.
package pemtext

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Block is one block of PEM text.
//
// Shape: Label is what stands after BEGIN, at most 64 octets of it. Err says why the block cannot be read; then DER is
// nil.
type Block struct {
	Label string
	DER   []byte
	Err   error
}

const (
	begin  = "-----BEGIN "
	end    = "-----END "
	dashes = "-----"
)

// maxLabel bounds a label: the longest in use is ENCRYPTED PRIVATE KEY.
const maxLabel = 64

// maxBlocks bounds the blocks of a text: the certificates and lists of all authorities of a country are some 300.
const maxBlocks = 1000

// Blocks returns the blocks of text in order. Of more than 1,000, the last one says that the others were not read.
func Blocks(text []byte) []Block {
	var list []Block
	starts, ends := finder{text, []byte(begin), -1}, finder{text, []byte(end), -1}
	for at := starts.from(0); at >= 0; {
		body := at + len(begin)
		next, last := starts.from(body), ends.from(body)
		if len(list) == maxBlocks {
			name, _ := label(text[body:])
			return append(list, Block{Label: name, Err: errMany})
		}
		if last < 0 || next >= 0 && next < last {
			name, _ := label(text[body:])
			list = append(list, Block{Label: name, Err: errors.New("it has no END line")})
		} else {
			list = append(list, read(text[body:last], text[last+len(end):]))
		}
		at = next
	}
	return list
}

var errMany = fmt.Errorf("a text has at most %d blocks: those from here on were not read", maxBlocks)

// finder finds a mark from positions on that never go back, so that a text of boundaries alone is walked once.
type finder struct {
	text, mark []byte
	at         int // of the mark found last; len(text) when there is none; -1 before the first search
}

// from returns where the first mark from pos on stands, or -1.
func (f *finder) from(pos int) int {
	if f.at < pos {
		f.at = len(f.text)
		if i := bytes.Index(f.text[pos:], f.mark); i >= 0 {
			f.at = pos + i
		}
	}
	if f.at == len(f.text) {
		return -1
	}
	return f.at
}

// read reads a block: what stands after BEGIN, and what stands after END.
func read(after, last []byte) Block {
	name, body := label(after)
	if body == nil {
		return Block{Label: name, Err: errors.New("its BEGIN line is not closed by -----")}
	}
	if other, rest := label(last); rest == nil || other != name {
		return Block{Label: name, Err: fmt.Errorf("it begins as %s and ends as %s", bcperr.Quote(name),
			bcperr.Quote(other))}
	}
	der, err := base64.StdEncoding.DecodeString(bare(body))
	if err != nil {
		return Block{Label: name, Err: fmt.Errorf("what it holds is not base64: %w", err)}
	}
	return Block{Label: name, DER: der}
}

// label returns the label that text begins with, and what stands after its dashes; nil when there are none.
func label(text []byte) (name string, after []byte) {
	head := text[:min(len(text), maxLabel+len(dashes))]
	if at := bytes.Index(head, []byte(dashes)); at >= 0 {
		return string(head[:at]), text[at+len(dashes):]
	}
	line, _, _ := bytes.Cut(head[:min(len(head), maxLabel)], []byte("\n"))
	return string(line), nil
}

// bare returns the base64 text of a body: without white space, marks without width, escaped line ends and header
// fields.
func bare(body []byte) string {
	text := unescape.Replace(string(body))
	if strings.Contains(text, ":") {
		text = withoutHeaders(text)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B' {
			return -1
		}
		return r
	}, text)
}

// unescape undoes what quoting a text of several lines does to it, once or twice.
var unescape = strings.NewReplacer(`\\n`, "\n", `\\r`, "\n", `\\t`, " ", `\n`, "\n", `\r`, "\n", `\t`, " ")

// withoutHeaders drops the lines that hold a colon. Source: RFC 1421 §4.4.
func withoutHeaders(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.Contains(line, ":") {
			b.WriteString(line)
		}
	}
	return b.String()
}
