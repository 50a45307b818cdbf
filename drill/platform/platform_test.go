package platform_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
	"github.com/stretchr/testify/require"
)

func start(t *testing.T) *platform.Platform {
	t.Helper()
	p, err := platform.Start(platform.Options{})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p
}

func url(t *testing.T, p *platform.Platform, name string) string {
	t.Helper()
	u, found := p.URL(name)
	require.True(t, found, name)
	return u
}

const question = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>` +
	`<q:GetInsurability xmlns:q="urn:q"><q:INSS>71990200219</q:INSS></q:GetInsurability></soap:Body></soap:Envelope>`

// client makes a new connection for each call and does not wait for long.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 300 * time.Millisecond}

func post(u string) (status int, header http.Header, body string, err error) {
	response, err := client.Post(u, "text/xml; charset=utf-8", strings.NewReader(question))
	if err != nil {
		return 0, nil, "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(text), err
}

func TestAnswersForFictitiousPatients(t *testing.T) {
	p := start(t)
	status, header, body, err := post(url(t, p, "insurability/0"))
	require.NoError(t, err)
	require.Equal(t, 200, status)
	require.Equal(t, "text/xml; charset=utf-8", header.Get("Content-Type"))
	require.Equal(t, "*", header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, body, "Voorbeeld, Bart")
	for _, patient := range platform.Patients() {
		require.Equal(t, "99", patient.INSS[2:4], "no month has this number, so no person does")
	}
}

// Each way to fail does what its name says, on the wire.
func TestFaults(t *testing.T) {
	p := start(t)
	target := url(t, p, "etk/0")
	status := func(want int, contains string) func(*testing.T, int, http.Header, string, error) {
		return func(t *testing.T, got int, _ http.Header, body string, err error) {
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.Contains(t, body, contains)
		}
	}
	timedOut := func(t *testing.T, _ int, _ http.Header, _ string, err error) {
		var netErr net.Error
		require.True(t, errors.As(err, &netErr) && netErr.Timeout(), "%v", err)
	}
	for fault, check := range map[string]func(*testing.T, int, http.Header, string, error){
		"refused": func(t *testing.T, _ int, _ http.Header, _ string, err error) {
			require.ErrorIs(t, err, syscall.ECONNREFUSED)
		},
		"reset": func(t *testing.T, _ int, _ http.Header, _ string, err error) {
			require.ErrorIs(t, err, syscall.ECONNRESET)
		},
		"tls": func(t *testing.T, _ int, _ http.Header, _ string, err error) {
			require.ErrorContains(t, err, "malformed HTTP")
		},
		"no-cors": func(t *testing.T, got int, h http.Header, _ string, err error) {
			require.NoError(t, err)
			require.Equal(t, 200, got)
			require.Empty(t, h.Get("Access-Control-Allow-Origin"))
		},
		"unavailable": func(t *testing.T, got int, h http.Header, _ string, _ error) {
			require.Equal(t, 503, got)
			require.Equal(t, "*", h.Get("Access-Control-Allow-Origin"))
		},
		"unavailable-no-cors": func(t *testing.T, got int, h http.Header, _ string, _ error) {
			require.Equal(t, 503, got)
			require.Empty(t, h.Get("Access-Control-Allow-Origin"))
		},
		"switch-fault":           status(500, "<Code>SOA-02001</Code>"),
		"switch-fault SOA-01002": status(500, "<Code>SOA-01002</Code>"),
		"business-fault":         status(500, "<Code>DRILL-BUSINESS</Code>"),
		"silent":                 timedOut,
		"stall":                  timedOut,
		"cut": func(t *testing.T, _ int, _ http.Header, _ string, err error) {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		},
		"html":       status(200, "<!doctype html>"),
		"slow 1":     status(200, "GetEtkResponse"),
		"slow 60000": timedOut,
	} {
		t.Run(fault, func(t *testing.T) {
			require.NoError(t, p.Do("fail etk/0 "+fault))
			got, header, body, err := post(target)
			check(t, got, header, body, err)
			require.NoError(t, p.Do("recover etk/0"))
			got, _, body, err = post(target)
			require.NoError(t, err)
			require.Equal(t, 200, got)
			require.Contains(t, body, "GetEtkResponse")
		})
	}
}

func TestPreflight(t *testing.T) {
	p := start(t)
	preflight := func() (http.Header, error) {
		r, err := http.NewRequest(http.MethodOptions, url(t, p, "etk/0"), nil)
		require.NoError(t, err)
		response, err := client.Do(r)
		if err != nil {
			return nil, err
		}
		_ = response.Body.Close()
		return response.Header, nil
	}
	for fault, allowed := range map[string]bool{"switch-fault": true, "silent": true, "reset": true, "no-cors": false,
		"unavailable-no-cors": false} {
		require.NoError(t, p.Do("fail etk/0 "+fault))
		header, err := preflight()
		require.NoError(t, err, fault)
		require.Equal(t, allowed, header.Get("Access-Control-Allow-Origin") == "*", fault)
	}
	require.NoError(t, p.Do("fail etk/0 tls"))
	_, err := preflight()
	require.Error(t, err)
}

// While an endpoint refuses, its port may be the own end of some connection for a moment; recovering waits for it.
func TestRecoverWaitsForItsPort(t *testing.T) {
	p := start(t)
	require.NoError(t, p.Do("fail etk/0 refused"))
	var other net.Listener
	require.Eventually(t, func() (free bool) {
		var err error
		other, err = net.Listen("tcp", strings.Split(url(t, p, "etk/0"), "/")[2])
		return err == nil
	}, 5*time.Second, time.Millisecond)
	time.AfterFunc(100*time.Millisecond, func() { _ = other.Close() })
	require.NoError(t, p.Do("recover"))
}

func TestTargets(t *testing.T) {
	p := start(t)
	faulty := func() (names []string) {
		state := p.State()
		if state.Catalogue.Fault != nil {
			names = append(names, "catalogue")
		}
		for _, s := range state.Services {
			for _, e := range s.Endpoints {
				if e.Fault != nil {
					names = append(names, e.Name)
				}
			}
		}
		return names
	}
	for target, want := range map[string][]string{
		"etk/1":            {"etk/1"},
		"insurability":     {"insurability/0", "insurability/1", "insurability/2"},
		"catalogue":        {"catalogue"},
		url(t, p, "hub/0"): {"hub/0"},
		string(platform.SiteRecovery): {"sts/1", "etk/1", "kgss/1", "insurability/1", "recipe/1", "hub/1",
			"vaccinnet/1"},
	} {
		require.NoError(t, p.Do("fail "+target+" unavailable"))
		require.Equal(t, want, faulty(), target)
		require.NoError(t, p.Do("recover "+target))
		require.Empty(t, faulty())
	}
	require.NoError(t, p.Do("fail all unavailable"))
	require.Len(t, faulty(), 1+27+0)
	require.NoError(t, p.Do("recover"))
	require.Empty(t, faulty())
}

func TestBadCommandsChangeNothing(t *testing.T) {
	p := start(t)
	before := p.State()
	for _, command := range []string{
		"", "explode etk", "fail", "fail etk", "fail nothing refused", "fail etk sideways", "fail etk refused now",
		"fail etk slow x", "fail etk slow -1", "fail etk slow 600001", "fail etk switch-fault <x>", "fail etk slow 1 2",
		"recover nothing", "recover etk now", "publish sideways", "publish switch etk/9", "publish inactive nothing",
		"publish cache etk SOMETIMES", "publish cache nothing CACHE_FIRST", "publish cache kgss CACHE_FIRST",
		"publish signer nobody", "publish site mars", "publish bad luck", "fail etk " + strings.Repeat("x", 500),
	} {
		require.Equal(t, bcperr.ScenarioInvalid, bcperr.CodeOf(p.Do(command)), "%q", command)
	}
	require.Equal(t, before, p.State())
}

func TestControlServesThisMachineOnly(t *testing.T) {
	p := start(t)
	for name, c := range map[string]struct {
		host, origin string
		want         int
	}{
		"a script":               {"127.0.0.1:8730", "", 200},
		"its own page":           {"localhost:8730", "http://localhost:8730", 200},
		"another web site":       {"127.0.0.1:8730", "https://example.org", 403},
		"another port":           {"127.0.0.1:8730", "http://127.0.0.1:9999", 403},
		"a page without origin":  {"127.0.0.1:8730", "null", 403},
		"a name bound to us":     {"evil.example:8730", "", 403},
		"that name as its own":   {"evil.example:8730", "http://evil.example:8730", 403},
		"loopback, by version 6": {"[::1]:8730", "", 200},
	} {
		r := httptest.NewRequest(http.MethodPost, "/do", strings.NewReader("publish"))
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, r)
		require.Equal(t, c.want, w.Code, name)
	}
}

func TestControlAnswers(t *testing.T) {
	p := start(t)
	ask := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(body))
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, r)
		return w
	}
	require.Contains(t, ask("GET", "/state", "").Body.String(), `"environment":"Drill"`)
	require.Equal(t, string(p.Anchors()), ask("GET", "/anchors.pem", "").Body.String())
	require.Contains(t, ask("GET", "/catalogue.xml", "").Body.String(), "<ServiceList")
	require.JSONEq(t, `{"ok":false,"code":"scenario-invalid","detail":"unknown command \"dance\", expected fail, `+
		`recover or publish"}`,
		ask("POST", "/do", "dance").Body.String())
	require.Equal(t, 400, ask("POST", "/do", strings.Repeat("x", 501)).Code)
	require.Contains(t, ask("POST", "/do", "fail etk/0 silent").Body.String(), `"fault":{"how":"silent"}`)

	book, err := procedure.Load(ask("GET", "/procedures.json", "").Body.Bytes())
	require.NoError(t, err)
	state, err := book.Status("member-data", []procedure.ServiceState{{
		ID: "uddi:ehealth-fgov-be:business:memberdata:v1", Reach: procedure.ReachRecovery,
		Endpoint: url(t, p, "memberdata/1")}})
	require.NoError(t, err)
	require.Equal(t, procedure.WayFallback, state.Way)
}

// A client that hangs on a silent endpoint is let go by Close, and no goroutine stays.
func TestCloseLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	p, err := platform.Start(platform.Options{})
	require.NoError(t, err)
	require.NoError(t, p.Do("fail etk/0 stall"))
	target := url(t, p, "etk/0")
	host := strings.TrimPrefix(target, "http://")
	host, path, _ := strings.Cut(host, "/")
	conn, err := net.Dial("tcp", host)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, "POST /"+path+" HTTP/1.1\r\nHost: "+host+"\r\nContent-Length: 0\r\n\r\n")
	require.NoError(t, err)
	line, err := bufio.NewReader(conn).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "200 OK")
	p.Close()
	_, err = net.Dial("tcp", host)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, 5*time.Second, 10*time.Millisecond)
}

func TestBusyPortTakesAnother(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	p, err := platform.Start(platform.Options{BasePort: listener.Addr().(*net.TCPAddr).Port})
	require.NoError(t, err)
	defer p.Close()
	require.NotContains(t, p.CatalogueURL(), listener.Addr().String())
	status, _, _, err := post(url(t, p, "etk/0"))
	require.NoError(t, err)
	require.Equal(t, 200, status)
}
