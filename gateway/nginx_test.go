package gateway_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// behindNginx puts nginx before the gateway, with the prefix /bcp/, and returns its address.
func behindNginx(t *testing.T, gateway string) string {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("there is no nginx here (Debian: apt-get install nginx-light)")
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	dir := t.TempDir()
	config := filepath.Join(dir, "nginx.conf")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `daemon off; master_process off; pid %[1]s/pid;
error_log /dev/null; events { worker_connections 512; }
http {
  access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f;
  uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  server { listen %[2]s; location /bcp/ { proxy_pass %[3]s/; } }
}
`, dir, address, gateway), 0o600))
	command := exec.Command(program, "-e", "/dev/null", "-c", config)
	require.NoError(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	require.Eventually(t, func() bool {
		connection, err := net.Dial("tcp", address)
		return err == nil && connection.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)
	return "http://" + address + "/bcp"
}

// hostile spells addresses that are not in the list, though they look like one that is, in every way that a proxy, a
// URL parser and a browser are known to read differently. Each stands in a query percent-encoded once.
func hostile(listed string) []string {
	at, err := url.Parse(listed)
	if err != nil {
		panic(err)
	}
	host, port, path := at.Hostname(), at.Port(), at.Path
	all := []string{
		"", " ", listed + " ", " " + listed, "\t" + listed, listed + "\x00", listed + "\r\nHost: evil.example",
		listed + "#x", listed + "?x", listed + "/", listed + "/..", listed + "/%2e%2e/admin", listed + ";x",
		strings.ToUpper(listed), "//" + at.Host + path, "/" + path, "http:" + at.Host + path, "http:/" + at.Host + path,
		`http:\\` + at.Host + path, "ftp://" + at.Host + path, "file:///etc/passwd", "gopher://" + at.Host,
		"javascript:alert(1)", "data:text/xml,x", "unix:///run/docker.sock", "https://" + at.Host + path,
		url.QueryEscape(listed), url.PathEscape(url.QueryEscape(listed)),
	}
	for _, user := range []string{"evil@", "evil:x@", "%40@", "evil.example@", "@", host + "@evil.example@"} {
		all = append(all, "http://"+user+at.Host+path)
	}
	hosts := []string{
		"localhost", "LOCALHOST", "127.1", "127.0.1", "0177.0.0.1", "0x7f.1", "0x7f000001", "2130706433", "[::1]",
		"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "0.0.0.0", "0", "[::]", "127.0.0.1.", "127.0.0.2",
		"127.0.0.1.nip.io", "localtest.me", "169.254.169.254", "metadata.google.internal", "10.0.0.1", "192.168.0.1",
		"evil.example", "127.0.0.1.evil.example", "127。0。0。1", "１２７.0.0.1", "①②⑦.0.0.1",
		"evil.example%00" + host, host + "%2f", host + "%23", host + `\evil.example`, "xn--fiqs8s",
	}
	for _, name := range hosts {
		all = append(all, "http://"+name+":"+port+path, "http://"+name+path, "https://"+name+":"+port+path)
	}
	for _, other := range []string{"0", "00", "22", "80", "443", "8781", "65536", "99999", "-1", "x", "0" + port} {
		all = append(all, "http://"+host+":"+other+path)
	}
	for _, other := range []string{
		"/", "//", "/.", "/..", "/../", "/./x", "/%2e", "/%2E%2E/", "/..%2f", "/%2f", "/x/../..", "/a%00", "/a%0d%0a",
		"/admin", "/status", "/metrics", `/\evil.example`, "/;/x", "/?url=" + listed, "/#" + listed, "/%75rl", "/a b",
	} {
		all = append(all, "http://"+at.Host+path+other, "http://"+at.Host+other)
	}
	var others []string
	for _, one := range all {
		if one != listed {
			others = append(others, one)
		}
	}
	return others
}

// Nothing but an endpoint of the list is forwarded to, bare and behind the prefix of a proxy that decodes paths; and
// the endpoint itself is reached both ways.
func TestHostileAddresses(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	t.Run("bare", func(t *testing.T) { forwardsToNothingElse(t, h, h.front.URL) })
	t.Run("behind nginx", func(t *testing.T) { forwardsToNothingElse(t, h, behindNginx(t, h.front.URL)) })
}

func forwardsToNothingElse(t *testing.T, h *house, gateway string) {
	t.Helper()
	listed := h.url(0)
	before := len(h.asks())
	all := hostile(listed)
	require.Greater(t, len(all), 180)
	queries := make([]string, 0, len(all)+20)
	for _, one := range all {
		queries = append(queries, "url="+url.QueryEscape(one))
	}
	whole := "url=" + url.QueryEscape(listed)
	queries = append(queries, "", "url", whole+"&"+whole, whole+"&url=", "URL="+url.QueryEscape(listed), whole+"&x=1",
		"url[]="+url.QueryEscape(listed), "url=%zz", whole+";x", "u%72l="+url.QueryEscape("http://evil.example/"),
		"url="+url.QueryEscape("http://evil.example/")+"&"+whole, whole+"%0d%0aX-Y:1", whole+"%00", whole+"+",
		"id="+url.QueryEscape(serviceA))
	for _, query := range queries {
		status, err := postRaw(gateway, "/endpoint?"+query)
		require.NoError(t, err, query)
		require.Equal(t, http.StatusForbidden, status, query)
	}
	evil := "url=" + url.QueryEscape("http://evil.example/")
	for _, path := range []string{"/endpoint/" + url.PathEscape(listed), "/endpoint%3f" + whole, "/Endpoint?" + evil,
		"//endpoint?" + evil, "/endpoint/?" + evil, "/./endpoint?" + evil, "/x/../endpoint?" + evil} {
		status, err := postRaw(gateway, path)
		require.NoError(t, err, path)
		require.GreaterOrEqual(t, status, 300, path)
	}
	t.Logf("%d hostile queries", len(queries))
	require.Len(t, h.asks(), before, "one of them reached the endpoint")
	status, err := postRaw(gateway, "/endpoint?"+whole)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	require.Len(t, h.asks(), before+1)
}

// postRaw posts to a target that is written as it is: url.Parse would tidy it.
func postRaw(gateway, target string) (int, error) {
	at, err := url.Parse(gateway)
	if err != nil {
		return 0, err
	}
	path, query, _ := strings.Cut(target, "?")
	request := &http.Request{
		Method: http.MethodPost, Host: at.Host, Header: http.Header{"Content-Type": {"text/xml"}},
		URL:  &url.URL{Scheme: at.Scheme, Host: at.Host, Opaque: at.Path + path, RawQuery: query},
		Body: http.NoBody,
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}
