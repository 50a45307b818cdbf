package bcperr

import "strings"

// Nearest returns ` (did you mean "word"?)` for the word of among that a typing error made given of, or "".
//
// Shape: a word that given begins, or one within a third of its letters changed, left out, added or swapped; of several
// the nearest. Both are compared without regard to case. Given is bounded to 128 octets, so the work is too.
func Nearest(given string, among []string) string {
	const longest = 128
	best, least := "", len(given)/3+1
	if given == "" || len(given) > longest {
		return ""
	}
	for _, word := range among {
		distance := least
		switch {
		case len(word) > longest || word == given || len(given)-len(word) >= least:
		case strings.HasPrefix(strings.ToLower(word), strings.ToLower(given)):
			distance = 0
		default:
			distance = edits(strings.ToLower(given), strings.ToLower(word))
		}
		if distance < least {
			best, least = word, distance
		}
	}
	if best == "" {
		return ""
	}
	return ` (did you mean "` + best + `"?)`
}

// edits is the optimal string alignment distance: letters changed, left out, added, or swapped with the next.
func edits(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
