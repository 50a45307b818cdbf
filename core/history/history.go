package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// MaxBytes bounds a history: 50,000 lists; the platform publishes some ten a year.
const MaxBytes = 8 << 20

// maxInstant bounds what stands for an IssueInstant; an xs:dateTime with a zone has some 30 characters.
const maxInstant = 64

// Entry is one list that was accepted.
//
// Shape: Digest and Hash in lower-case hexadecimal, IssueInstant as the list writes it.
type Entry struct {
	Digest       string `json:"digest"`
	IssueInstant string `json:"issueInstant"`
	Hash         string `json:"hash"`
}

// Chain is a history that was checked. The zero Chain is an empty one.
//
// Shape: Torn is how many octets of an unfinished line stand at the end: a write that was cut. Who appends cuts them
// off first, or the history never holds again.
type Chain struct {
	Entries []Entry
	Torn    int
}

// first is what stands for the line before the first.
var first = strings.Repeat("0", hex.EncodedLen(sha256.Size))

// Head is the hash of the last line, which covers all of them; of an empty history 64 zeros.
func (c Chain) Head() string {
	if len(c.Entries) == 0 {
		return first
	}
	return c.Entries[len(c.Entries)-1].Hash
}

// Has reports whether a head that somebody noted is that of a line, or of the empty history.
func (c Chain) Has(head string) bool {
	head = strings.ToLower(head)
	for _, e := range c.Entries {
		if e.Hash == head {
			return true
		}
	}
	return head == first
}

// Read checks a history from its first line.
//
// Errors: history-broken with the number of the line that does not follow from the one before, or is no line; an
// unfinished last line is no error. input-too-large.
func Read(text []byte) (Chain, error) {
	if len(text) > MaxBytes {
		return Chain{}, bcperr.New(bcperr.InputTooLarge, "a history of %d bytes, at most %d", len(text), MaxBytes)
	}
	var c Chain
	for len(text) > 0 {
		line, rest, isWhole := bytes.Cut(text, []byte("\n"))
		if !isWhole {
			c.Torn = len(line)
			return c, nil
		}
		words := strings.Split(string(line), " ")
		if len(words) != 3 || !isDigest(words[0]) || !isInstant(words[1]) {
			return Chain{}, bcperr.New(bcperr.HistoryBroken, "line %d: expected DIGEST ISSUEINSTANT HASH",
				len(c.Entries)+1)
		}
		entry := follow(c.Head(), words[0], words[1])
		if entry.Hash != words[2] {
			return Chain{}, bcperr.New(bcperr.HistoryBroken,
				"line %d: its hash does not follow from the line before, its digest and its IssueInstant: something "+
					"was changed", len(c.Entries)+1)
		}
		c.Entries = append(c.Entries, entry)
		text = rest
	}
	return c, nil
}

// Next is the line to append for a list, "" when the last line is for that list already.
//
// Errors: bad-call for a digest or an IssueInstant that cannot stand in a line.
func (c Chain) Next(digest, issueInstant string) (string, error) {
	digest = strings.ToLower(digest)
	if !isDigest(digest) || !isInstant(issueInstant) {
		return "", bcperr.New(bcperr.BadCall, "expected a SHA-256 in hexadecimal and an xs:dateTime, got %.80q and "+
			"%.80q", digest, issueInstant)
	}
	if n := len(c.Entries); n > 0 && c.Entries[n-1].Digest == digest {
		return "", nil
	}
	e := follow(c.Head(), digest, issueInstant)
	return e.Digest + " " + e.IssueInstant + " " + e.Hash + "\n", nil
}

func follow(previous, digest, issueInstant string) Entry {
	sum := sha256.Sum256([]byte(previous + " " + digest + " " + issueInstant))
	return Entry{Digest: digest, IssueInstant: issueInstant, Hash: hex.EncodeToString(sum[:])}
}

func isDigest(s string) bool {
	return len(s) == hex.EncodedLen(sha256.Size) && strings.Trim(s, "0123456789abcdef") == ""
}

// isInstant keeps a line a line: the characters of an xs:dateTime and no others.
func isInstant(s string) bool {
	return s != "" && len(s) <= maxInstant && strings.Trim(s, "0123456789-+:.TZ") == ""
}
