// Package history keeps the list of every catalogue that was accepted, as lines that hold one another: each line's hash
// covers the line before, the digest of the list and its IssueInstant. Who noted the hash of a line, the head, can
// prove later that nothing before it was changed, dropped or put in between.
//
// The moment of acceptance is not in a line, so honest replicas that saw the same lists have the same lines.
//
// Format: text, one line an entry, each ended by a line feed:
//
//	DIGEST SP ISSUEINSTANT SP HASH
//
// DIGEST is the SHA-256 of the list's octets, HASH that of "PREVIOUS SP DIGEST SP ISSUEINSTANT" where PREVIOUS is the
// HASH of the line before, for the first line 64 zeros; both in lower-case hexadecimal. ISSUEINSTANT is as the list
// writes it.
//
// Left out: where the lines are stored and how (a file is only ever appended to), and signed heads: who has only the
// lines cannot tell that all of them were written anew. That is what the head is noted for.
//
// Source: docs/design.md#gateway.
package history
