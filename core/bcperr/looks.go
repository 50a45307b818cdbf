package bcperr

import (
	"bytes"
	"unicode/utf8"
)

// Looks says in a few words what an input seems to be, for the detail of an error, after "got". The usual cause is a
// wrong file, or an answer that some box on the way made in its place. It repeats nothing of the input, which may be a
// patient's.
func Looks(input []byte) string {
	if len(input) == 0 {
		return "an empty input"
	}
	head := bytes.TrimLeft(bytes.TrimPrefix(input, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(head) == 0 {
		return "white space only"
	}
	for _, form := range [...]struct{ begin, name string }{
		{"\x1f\x8b", "gzip-compressed bytes"},
		{"PK\x03\x04", "a zip archive"},
		{"\xff\xfe", "UTF-16 text"},
		{"\xfe\xff", "UTF-16 text"},
		{"0\x81", "DER bytes"}, // a sequence of 128 octets or more
		{"0\x82", "DER bytes"}, // of 256
		{"0\xef\xbf\xbd", "DER bytes that were read as text"},
		{"MII", "base64 without the lines BEGIN and END"}, // of such DER bytes
		{"-----BEGIN ", "PEM text"},
		{"<!doctype html", "an HTML page"},
		{"<!DOCTYPE html", "an HTML page"},
		{"<!DOCTYPE HTML", "an HTML page"},
		{"<html", "an HTML page"},
		{"<HTML", "an HTML page"},
		{"<", "XML"},
		{"{", "JSON"},
		{"[", "JSON"},
	} {
		if bytes.HasPrefix(head, []byte(form.begin)) {
			return form.name
		}
	}
	if !utf8.Valid(input) {
		return "bytes that are no text"
	}
	return "other text"
}
