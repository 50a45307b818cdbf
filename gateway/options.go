package gateway

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Options says what the gateway serves, to whom, and where it keeps what must survive.
type Options struct {
	// Client is how the catalogue is found, verified and polled: Environment, Catalogue and Anchors are needed. Store
	// is set by the gateway; Transport nil is one that refuses link-local addresses and follows nothing.
	Client client.Options

	// Dir is the folder of the last good list, the states and the history. It is made when it is not there. While it
	// cannot be written to, the gateway serves from memory and says so in /status.
	Dir string

	// Origins are the web origins that may call beside the gateway's own, as browsers write them:
	// "https://ehr.example".
	Origins []string

	// Hosts are the names under which the gateway is reached, as the Host header has them, without the port. Loopback
	// names and those of Origins are always among them. Others are refused: a name of an attacker's that resolves to
	// the gateway would make it same-origin.
	Hosts []string

	// Forward are request headers that go to the endpoint beside the usual ones: "Authorization" when the endpoints are
	// to see it, or one of the application's own.
	Forward []string

	// AccessLog gets a record for each request: the resource, the status and how long it took, nothing else of it. Nil:
	// none.
	AccessLog *slog.Logger
}

// complete checks the options and brings their spelling into one form.
func (o *Options) complete() error {
	if o.Dir == "" {
		return bcperr.New(bcperr.BadCall, "options: expected Dir, the folder that keeps the last good list")
	}
	o.Origins, o.Hosts, o.Forward = slices.Clone(o.Origins), slices.Clone(o.Hosts), slices.Clone(o.Forward)
	for i, origin := range o.Origins {
		u, err := url.Parse(origin)
		isOrigin := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" &&
			!strings.Contains(u.Host, "*")
		// A browser leaves the usual port out, so an origin that names it would never match.
		isUsual := isOrigin && u.Port() == map[string]string{"https": "443", "http": "80"}[u.Scheme]
		if !isOrigin || isUsual || u.String() != u.Scheme+"://"+u.Host {
			return bcperr.New(bcperr.BadCall, "options: expected an origin such as https://ehr.example, got %.200q",
				origin)
		}
		o.Origins[i] = strings.ToLower(origin)
		o.Hosts = append(o.Hosts, u.Hostname())
	}
	for i, host := range o.Hosts {
		if host == "" || strings.ContainsAny(host, "/@?#* \t") {
			return bcperr.New(bcperr.BadCall, "options: expected the name of a host, got %.200q", host)
		}
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		o.Hosts[i] = strings.ToLower(strings.Trim(host, "[]"))
	}
	for i, name := range o.Forward {
		name = http.CanonicalHeaderKey(name)
		if slices.Contains(neverForwarded, name) {
			return bcperr.New(bcperr.BadCall, "options: the header %s never goes to an endpoint", name)
		}
		o.Forward[i] = name
	}
	return nil
}
