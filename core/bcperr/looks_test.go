package bcperr_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

func TestLooks(t *testing.T) {
	for input, want := range map[string]string{
		"":                               "an empty input",
		" \r\n":                          "white space only",
		"\xef\xbb\xbf":                   "white space only",
		"\x1f\x8b\x08\x00":               "gzip-compressed bytes",
		"PK\x03\x04":                     "a zip archive",
		"\xff\xfe<\x00":                  "UTF-16 text",
		"\xfe\xff\x00<":                  "UTF-16 text",
		"0\x82\x05\x17":                  "DER bytes",
		"0\x81\xf0":                      "DER bytes",
		"0\xef\xbf\xbd\x05":              "DER bytes that were read as text",
		"MIIFGzCC":                       "base64 without the lines BEGIN and END",
		"\n-----BEGIN CERTIFICATE-----":  "PEM text",
		"\xef\xbb\xbf \n<!DOCTYPE html>": "an HTML page",
		"<HTML><body>":                   "an HTML page",
		"<?xml version='1.0'?>":          "XML",
		"{}":                             "JSON",
		"[1]":                            "JSON",
		"\x00\x01\xff":                   "bytes that are no text",
		"Subject: a":                     "other text",
	} {
		require.Equal(t, want, bcperr.Looks([]byte(input)), "%q", input)
	}
}
