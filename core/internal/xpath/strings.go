package xpath

import (
	"math"
	"strings"
	"unicode/utf8"
)

// stringLibrary returns a string function of the core library.
//
// Source: XPath 1.0 §4.2.
func stringLibrary(name string) (coreFunction, bool) {
	switch name {
	case "concat":
		return coreFunction{min: 2, max: -1, make: concat}, true
	case "starts-with":
		return coreFunction{min: 2, max: 2, make: func(args []*code) *code {
			return &code{typ: typeBoolean, boolean: func(c *Context) (bool, error) {
				var s [2]string
				err := evalStrings(c, args, s[:])
				return strings.HasPrefix(s[0], s[1]), err
			}}
		}}, true
	case "contains":
		return coreFunction{min: 2, max: 2, make: func(args []*code) *code {
			return &code{typ: typeBoolean, boolean: func(c *Context) (bool, error) {
				_, _, at, err := search(c, args)
				return at >= 0, err
			}}
		}}, true
	case "substring-before":
		return substringFunction(func(s, _ string, at int) string { return s[:at] }), true
	case "substring-after":
		return substringFunction(func(s, part string, at int) string { return s[at+len(part):] }), true
	case "substring":
		return coreFunction{min: 2, max: 3, make: substring}, true
	case "string-length":
		return coreFunction{max: 1, context: true, make: func(args []*code) *code {
			text := argOrContext(args)
			return &code{typ: typeNumber, num: func(c *Context) (float64, error) {
				s, err := text(c)
				return charCount(s), err
			}}
		}}, true
	case "normalize-space":
		return coreFunction{max: 1, context: true, make: func(args []*code) *code {
			text := argOrContext(args)
			return &code{typ: typeString, str: func(c *Context) (string, error) {
				s, err := text(c)
				if err != nil {
					return "", err
				}
				return made(c, normalizeSpace(s))
			}}
		}}, true
	case "translate":
		return coreFunction{min: 3, max: 3, make: func(args []*code) *code {
			return &code{typ: typeString, str: func(c *Context) (string, error) {
				var s [3]string
				if err := evalStrings(c, args, s[:]); err != nil {
					return "", err
				}
				// Each character is looked up in a table or put into it: 25 to 85 ns.
				if err := c.Budget.Spend(int64(len(s[0])+len(s[1])) / 2); err != nil {
					return "", err
				}
				return made(c, translate(s[0], s[1], s[2]))
			}}
		}}, true
	}
	return coreFunction{}, false
}

// evalStrings evaluates all arguments as strings.
func evalStrings(c *Context, args []*code, out []string) error {
	for i, a := range args {
		var err error
		if out[i], err = a.evalString(c); err != nil {
			return err
		}
	}
	return nil
}

// substringFunction makes a function of what stands before or after the first occurrence of one string in another; ""
// when there is none.
func substringFunction(f func(s, part string, at int) string) coreFunction {
	return coreFunction{min: 2, max: 2, make: func(args []*code) *code {
		return &code{typ: typeString, str: func(c *Context) (string, error) {
			s, part, at, err := search(c, args)
			if at < 0 || err != nil {
				return "", err
			}
			return made(c, f(s, part, at))
		}}
	}}
}

// search evaluates two arguments and finds the second in the first.
func search(c *Context, args []*code) (s, part string, at int, err error) {
	var values [2]string
	if err := evalStrings(c, args, values[:]); err != nil {
		return "", "", 0, err
	}
	at, err = c.Budget.Index(values[0], values[1])
	return values[0], values[1], at, err
}

// longPart is how much of a part is searched for at once.
const longPart = 64

// Index is strings.Index, paid for.
//
// strings.Index compares all of part wherever a hash of 32 bits agrees, and a text can be made in which it always does:
// then 1 MiB in 8 MiB takes hours. So only the beginning of part is left to it, and each comparison with the rest is
// paid for.
func (b *Budget) Index(s, part string) (int, error) {
	if err := b.Spend(int64(len(s)) / bytesToSearch); err != nil {
		return 0, err
	}
	at, err := b.index(s, part)
	if at >= 0 && err == nil {
		err = b.Spend(-int64(len(s)-at) / bytesToSearch) // what was not looked at
	}
	return at, err
}

func (b *Budget) index(s, part string) (int, error) {
	if len(part) <= longPart {
		return strings.Index(s, part), nil
	}
	begin, rest := part[:longPart], part[longPart:]
	for at := 0; ; at++ {
		next := strings.Index(s[at:], begin)
		if next < 0 || len(s)-at-next < len(part) {
			return -1, nil
		}
		at += next
		if err := b.Spend(1 + int64(len(rest))/bytesPerStep); err != nil {
			return 0, err
		}
		if strings.HasPrefix(s[at+longPart:], rest) {
			return at, nil
		}
	}
}

func concat(args []*code) *code {
	return &code{typ: typeString, str: func(c *Context) (string, error) {
		parts := make([]string, len(args))
		total := 0
		for i, a := range args {
			var err error
			if parts[i], err = a.evalString(c); err != nil {
				return "", err
			}
			if total += len(parts[i]); total > maxString {
				return "", tooLong()
			}
		}
		return made(c, strings.Join(parts, ""))
	}}
}

func substring(args []*code) *code {
	return &code{typ: typeString, str: func(c *Context) (string, error) {
		s, err := args[0].evalString(c)
		if err != nil {
			return "", err
		}
		start, err := args[1].evalNumber(c)
		if err != nil {
			return "", err
		}
		start = Round(start)
		end := math.Inf(1)
		if len(args) > 2 {
			length, err := args[2].evalNumber(c)
			if err != nil {
				return "", err
			}
			end = start + Round(length) // NaN for -Infinity + Infinity: then nothing is before it
		}
		return cut(s, start, end), c.Budget.Spend(1 + int64(len(s))/bytesPerStep)
	}}
}

// cut returns the characters at positions p with start <= p < end, counting from 1. Comparisons with NaN are false.
func cut(s string, start, end float64) string {
	from, to := len(s), len(s)
	p := 1.0
	for i := range s {
		if from == len(s) && p >= start {
			from = i
		}
		if !(p < end) {
			to = i
			break
		}
		p++
	}
	if !(start == start) || from >= to {
		return ""
	}
	return s[from:to]
}

// normalizeSpace strips white space at both ends and joins each run inside into one space. White space is that of
// XML: space, tab, line feed and carriage return, nothing else.
func normalizeSpace(s string) string {
	if isNormal(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	pending := false
	for i := 0; i < len(s); i++ {
		if isSpace(s[i]) {
			pending = b.Len() > 0
			continue
		}
		if pending {
			b.WriteByte(' ')
			pending = false
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// isNormal says whether normalizeSpace would change nothing.
func isNormal(s string) bool {
	previous := byte(' ')
	for i := 0; i < len(s); i++ {
		if isSpace(s[i]) && (s[i] != ' ' || previous == ' ') {
			return false
		}
		previous = s[i]
	}
	return s == "" || previous != ' '
}

// translate replaces each character of from by the one at its place in to, or drops it when to is shorter; the first
// occurrence in from counts.
func translate(s, from, to string) string {
	table := make(map[rune]rune, len(from))
	rest := to
	for _, r := range from {
		replacement := rune(-1)
		if rest != "" {
			var size int
			replacement, size = utf8.DecodeRuneInString(rest)
			rest = rest[size:]
		}
		if _, have := table[r]; !have {
			table[r] = replacement
		}
	}
	return strings.Map(func(r rune) rune {
		if to, ok := table[r]; ok {
			return to
		}
		return r
	}, s)
}
