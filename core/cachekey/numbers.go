package cachekey

import (
	"bytes"
	"strconv"
	"strings"
)

// numbers are the Belgian numbers with two check digits behind the body: 97 less the rest of the body, plus so much,
// divided by 97.
var numbers = []struct{ length, body, plus int }{
	{11, 9, 0},             // a national number (INSS)
	{11, 9, 2_000_000_000}, // of who was born from 2000 on
	{11, 6, 0},             // a health care provider (NIHII) with a qualification
	{8, 6, 0},              // without
	{10, 8, 0},             // an enterprise (CBE)
}

// number97 changes a value that is one of the numbers, in place, and says whether it is one: it becomes another whose
// check digits are right. It may be written in groups ("70.01.01-123.63").
func (o *others) number97(b []byte) bool {
	if len(b) < 8 || len(b) > 20 {
		return false
	}
	digits := make([]byte, 0, 20)
	for _, c := range b {
		if isDigit(c) {
			digits = append(digits, c)
		} else if !strings.ContainsRune(" .-/", rune(c)) {
			return false
		}
	}
	for _, n := range numbers {
		if len(digits) != n.length || value(digits[n.body:n.body+2]) != check(digits, n.body, n.plus) {
			continue
		}
		was := bytes.Clone(digits)
		month, day := value(digits[2:4]), value(digits[4:6])
		for check(digits, n.body, n.plus) == check(was, n.body, n.plus) {
			copy(digits, was)
			o.letters(digits)
			if n.body == 9 { // a day of birth comes first; 20 or 40 more on its month is another kind
				write(digits[2:4], month/20*20+o.number(month%20, 1, 12))
				write(digits[4:6], o.number(day, 1, 28))
			}
		}
		write(digits[n.body:n.body+2], check(digits, n.body, n.plus))
		for i, c := range b {
			if isDigit(c) {
				b[i], digits = digits[0], digits[1:]
			}
		}
		return true
	}
	return false
}

func check(digits []byte, body, plus int) int { return 97 - (value(digits[:body])+plus)%97 }

func value(digits []byte) int {
	n, _ := strconv.Atoi(string(digits))
	return n
}

// write writes a number of two digits.
func write(digits []byte, n int) { digits[0], digits[1] = '0'+byte(n/10), '0'+byte(n%10) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
