package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
)

const practice = "https://ehr.example"

// Who may call is judged by the server, for every method and every resource, whatever a browser would make of it.
func TestAccess(t *testing.T) {
	t.Parallel()
	h := build(t, func(_ *house, o *gateway.Options) {
		o.Origins, o.Hosts = []string{practice}, []string{"bcp.hospital.example"}
	}, well)
	own := strings.TrimPrefix(h.front.URL, "http://")
	for _, c := range []struct {
		name, host, origin, site string
		allowed                  bool
	}{
		{"a server", "", "", "", true},
		{"the same origin", "", "", "same-origin", true},
		{"the same origin, with Origin", "", h.front.URL, "", true},
		{"the same origin, a proxy changed Host", "127.0.0.1:8780", "https://ehr2.example", "same-origin", true},
		{"typed by a user", "", "", "none", true},
		{"a listed origin", "", practice, "cross-site", true},
		{"a listed origin, an old browser", "", practice, "", true},
		{"a name of the options", "bcp.hospital.example", "", "", true},
		{"a name of the options with a port", "BCP.hospital.example:8443", "", "", true},
		{"the host of a listed origin", "ehr.example", "", "", true},
		{"another origin", "", "https://evil.example", "cross-site", false},
		{"an origin of another kind", "", "ftp://" + own, "", false},
		{"an origin with a user", "", "http://x@" + own, "", false},
		{"another origin, an old browser", "", "https://evil.example", "", false},
		{"no origin", "", "null", "cross-site", false},
		{"no origin, an old browser", "", "null", "", false},
		{"no origin that says it is the same", "", "null", "same-origin", false},
		{"a listed origin with another scheme", "", "http://ehr.example", "cross-site", false},
		{"a listed origin with a port", "", practice + ":8443", "cross-site", false},
		{"a listed origin as a part", "", practice + ".evil.example", "cross-site", false},
		{"another site without Origin", "", "", "cross-site", false},
		{"a sibling without Origin", "", "", "same-site", false},
		{"a name that leads here by DNS", "evil.example", "", "", false},
		{"a name that leads here, same-origin to itself", "evil.example", "http://evil.example", "same-origin", false},
		{"an address of the house", "192.168.1.7:8780", "", "", false},
		{"a name that ends as ours", "x.bcp.hospital.example", "", "", false},
	} {
		for _, path := range []string{endpointPath(h.url(0)), servicePath(serviceA), "/servicelist.xml", "/states"} {
			got := h.send("GET", path, "", func(r *http.Request) {
				r.Host = own
				if c.host != "" {
					r.Host = c.host
				}
				if c.origin != "" {
					r.Header.Set("Origin", c.origin)
				}
				if c.site != "" {
					r.Header.Set("Sec-Fetch-Site", c.site)
				}
			})
			require.Equal(t, c.allowed, got.StatusCode == 200, "%s: %s: %d %s", c.name, path, got.StatusCode, got.body)
			if !c.allowed {
				require.Equal(t, 403, got.StatusCode)
				require.Equal(t, "origin-refused", got.Header.Get("X-Bcp-Code"))
				require.Equal(t, "1", got.Header.Get("X-Bcp-Not-Sent"))
				require.Empty(t, got.Header.Get("Access-Control-Allow-Origin"))
			}
		}
	}
}

// A page of a listed origin may read what it needs; the preflight is answered here.
func TestCORS(t *testing.T) {
	t.Parallel()
	h := build(t, func(_ *house, o *gateway.Options) { o.Origins = []string{practice} }, well)
	preflight := func(origin string) answer {
		return h.send("OPTIONS", endpointPath(h.url(0)), "", func(r *http.Request) {
			r.Header.Set("Origin", origin)
			r.Header.Set("Access-Control-Request-Method", "POST")
			r.Header.Set("Access-Control-Request-Headers", "content-type,soapaction,x-own")
		})
	}
	got := preflight(practice)
	require.Equal(t, 204, got.StatusCode)
	require.Equal(t, practice, got.Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "content-type,soapaction,x-own", got.Header.Get("Access-Control-Allow-Headers"))
	require.Equal(t, "POST", got.Header.Get("Access-Control-Allow-Methods"))
	require.Equal(t, "7200", got.Header.Get("Access-Control-Max-Age"))
	require.Equal(t, 403, preflight("https://evil.example").StatusCode)
	require.Empty(t, h.asks())

	answer := h.send("POST", endpointPath(h.url(0)), question, func(r *http.Request) {
		r.Header.Set("Origin", practice)
	})
	require.Equal(t, practice, answer.Header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, answer.Header.Get("Access-Control-Expose-Headers"), "X-Bcp-Not-Sent")
	require.Contains(t, answer.Header.Values("Vary"), "Origin")
	require.Empty(t, answer.Header.Get("Access-Control-Allow-Credentials"))
}

func TestOptionsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*gateway.Options){
		"no folder":                     func(o *gateway.Options) { o.Dir = "" },
		"no environment":                func(o *gateway.Options) { o.Client.Environment = "" },
		"no anchors":                    func(o *gateway.Options) { o.Client.Anchors = nil },
		"an origin of any":              func(o *gateway.Options) { o.Origins = []string{"*"} },
		"an origin of many":             func(o *gateway.Options) { o.Origins = []string{"https://*.ehr.example"} },
		"an origin with path":           func(o *gateway.Options) { o.Origins = []string{"https://ehr.example/"} },
		"an origin with the usual port": func(o *gateway.Options) { o.Origins = []string{"https://ehr.example:443"} },
		"an origin that is no":          func(o *gateway.Options) { o.Origins = []string{"null"} },
		"a host with a path":            func(o *gateway.Options) { o.Hosts = []string{"a/b"} },
		"any host":                      func(o *gateway.Options) { o.Hosts = []string{"*"} },
		"cookies":                       func(o *gateway.Options) { o.Forward = []string{"cookie"} },
	} {
		t.Run(name, func(t *testing.T) {
			o := gateway.Options{Dir: t.TempDir()}
			o.Client.Environment, o.Client.Catalogue = "Drill", "https://x.example/list.xml"
			o.Client.Anchors = [][]byte{anchor(t)}
			change(&o)
			_, err := gateway.New(o)
			require.ErrorIs(t, err, bcperr.BadCall)
		})
	}
}
