package servicelist

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseURL(t *testing.T) {
	for _, text := range []string{
		"https://services.ehealth.fgov.be/Kgss/v1",
		"https://prod.mycarenet.be:9443/mycarenet/bed/bcp/memberData",
		"https://services.ehealth.fgov.be",
		"https://services.ehealth.fgov.be/",
		"https://services.ehealth.fgov.be?wsdl",
		"https://services.ehealth.fgov.be/a//b/",
		"https://services.ehealth.fgov.be/a-b._~!$&'()*+,;=:@c?d=e&f=/?",
		"https://services.ehealth.fgov.be/%20%C3%A9%2F",
		"https://services.ehealth.fgov.be/a...b/...",
		"HTTPS://Services.eHealth.FGOV.be/Kgss",
		"https://1.services.be/",
		"https://services.example:1/", "https://services.example:65535/",
		"https://" + strings.Repeat("a", 63) + ".be/",
		"https://a.be/" + strings.Repeat("x", maxURL-len("https://a.be/")),
		"http://localhost/x", "https://localhost:8443/x", "http://LOCALHOST:8080", "http://127.0.0.1:65535/x?y", "http://127.255.10.9/",
		"http://[::1]/", "http://[::1]:80/",
	} {
		u, err := parseURL(text)
		require.NoError(t, err, text)
		std, err := url.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, strings.ToLower(std.Host), strings.TrimSuffix(u.host+":"+u.port, ":"), text)
	}
	for _, text := range []string{
		"", " ", "https", "https:", "https:/", "https://", "https:///x", "https:services.be/x", "https:\\\\services.be",
		"//services.be/x", "/x", "x",
		"http://services.be/", "httpss://services.be/", "ftp://services.be/", "javascript:alert(1)",
		"JaVaScRiPt:alert(1)", "data:text/xml,x", "blob:https://services.be/1",
		"file:///etc/passwd", "ws://services.be/", "view-source:https://services.be/", "https ://services.be/",
		" https://services.be/", "https://services.be/ ", "https://services.be/\n",
		"https://services.be/a b", "https://services.be/a\tb", "https://services.be/\rHost: x",
		"https://services.be/a\x00", "https://services.be/a\x7f",
		"https://u@services.be/", "https://u:p@services.be/", "https://@services.be/", "https://services.be@evil.be/",
		"https://services.be%40evil.be/", "https://services.be\\@evil.be/",
		"https://services.be/#", "https://services.be/x#y", "https://services.be#x", "https://services.be/a?b#c",
		"https://services.be:/", "https://services.be:0/", "https://services.be:00443/", "https://services.be:65536/",
		"https://services.be:99999999999999999999/", "https://services.be:44a/", "https://services.be:-1/",
		"https://services.be:+443/", "https://services.be:443:443/",
		"https://services.be./", "https://.services.be/", "https://services..be/", "https://services/",
		"https://be/", "https://-a.be/", "https://a-.be/", "https://a_b.be/",
		"https://" + strings.Repeat("a", 64) + ".be/", "https://" + strings.Repeat("a.", 126) + "be/",
		"https://services\uff0ebe/", "https://services.b\u200be/", "https://servi\u0441es.be/",
		"https://services.\u212aortrijk.be/", "https://serv\u0130ces.be/", // in lower case k and i for Go, no browser's i
		"https://services.be/\u202egnp", "https://services.be/é", "https://xn--services-abc.be/", "https://a.xn--p1ai/",
		"https://XN--a.be/",
		"https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://127.1/",
		"https://017700000001/", "https://169.254.169.254/latest", "https://192.0.2.1:8443/", "https://a.1/",
		"https://a.0x1/", "https://1.2.3.4.5/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
		"https://[fe80::1%25eth0]/", "https://[::1", "https://::1/",
		"http://localhost./", "http://localhost.be/", "http://127.0.0.1.be/", "http://127.1/", "http://127.0.0.256/",
		"http://127.0.0.01/", "http://127.0.0.-1/", "http://127.0.0./", "http://128.0.0.1/", "http://127.0.0.1:0/",
		"http://[::2]/", "http://[0:0:0:0:0:0:0:1]/", "http://::1/", "http://2130706433/", "http://0.0.0.0/",
		"http://10.0.0.1/", "http://u@localhost/", "http://localhost@evil.be/",
		"https://services.be/..", "https://services.be/../x", "https://services.be/a/./b",
		"https://services.be/%2e%2E/x", "https://services.be/.%2e/", "https://services.be/%2E",
		"https://services.be/..?x",
		"https://services.be/%", "https://services.be/%2", "https://services.be/%zz", "https://services.be/%00",
		"https://services.be/%0d%0aX", "https://services.be/%1f", "https://services.be/%7f", "https://services.be/%7F",
		"https://services.be/a\\b", "https://services.be/a<41", "https://services.be/<x>", "https://services.be/\"",
		"https://services.be/{x}", "https://services.be/a|b", "https://services.be/^", "https://services.be/`",
		"https://services.be/[x]", "https://services.be?a=<",
		"https://a.be/" + strings.Repeat("x", maxURL-len("https://a.be/")+1),
	} {
		_, err := parseURL(text)
		require.Error(t, err, "%q", text)
	}
}

func TestURLKey(t *testing.T) {
	for text, want := range map[string]string{
		"https://services.be/Kgss/v1":          "https://services.be/Kgss/v1",
		"HTTPS://Services.BE/Kgss/v1":          "https://services.be/Kgss/v1",
		"https://services.be:443/Kgss/v1":      "https://services.be/Kgss/v1",
		"https://services.be:9443/Kgss/v1?X=Y": "https://services.be:9443/Kgss/v1?X=Y",
		"https://SERVICES.be:9443/":            "https://services.be:9443/",
		"https://services.be":                  "https://services.be/",
		"https://services.be?wsdl":             "https://services.be/?wsdl",
		"http://LOCALHOST:80":                  "http://localhost/",
		"http://localhost:443/":                "http://localhost:443/",
		"https://services.be:80/":              "https://services.be:80/",
		"https://services.be/d'x?a='b'":        "https://services.be/d'x?a=%27b%27",
		"https://services.be?'":                "https://services.be/?%27",
		"https://services.be/?a=%27":           "https://services.be/?a=%27",
	} {
		u, err := parseURL(text)
		require.NoError(t, err, text)
		require.Equal(t, want, u.key())
		again, err := parseURL(u.key())
		require.NoError(t, err)
		require.Equal(t, want, again.key(), "a key is its own key")
	}
}
