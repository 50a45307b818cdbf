package servicelist_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// remarks are the findings on the first service, as code and place in it. None may cost anything.
func remarks(l *servicelist.ServiceList) (all []string) {
	for _, f := range l.Lint {
		place := strings.TrimPrefix(f.Place, "service "+strconv.Quote(l.Services[0].ID))
		all = append(all, strings.TrimSpace(string(f.Code)+strings.TrimPrefix(place, ",")))
	}
	return all
}

// TestRemarks: what is lawful but will hurt is told, and nothing else happens.
func TestRemarks(t *testing.T) {
	k := newKit(t)
	type endpoint struct{ url, status string }
	const up, down = "ACTIVE", "INACTIVE"
	for name, c := range map[string]struct {
		endpoints   []endpoint
		want        []string
		quarantined bcperr.Code
	}{
		"nothing": {endpoints: []endpoint{{"https://a.example/", up}, {"https://b.example/", down}}},
		"one URL in three spellings": {
			endpoints: []endpoint{{"https://a.example", up}, {"https://A.example:443/", down}, {"HTTPS://a.example/", down}},
			want:      []string{"url-duplicate endpoint 2", "url-duplicate endpoint 3"},
		},
		"another path, port or query is another URL": {
			endpoints: []endpoint{
				{"https://a.example/", up}, {"https://a.example/x", down}, {"https://a.example:444/", down},
				{"https://a.example/?x", down},
			},
		},
		"blocked ports": {
			endpoints: []endpoint{
				{"https://a.example:1/", up}, {"https://a.example:10080/", down}, {"https://a.example:6669/", down},
			},
			want: []string{"port-blocked endpoint 1", "port-blocked endpoint 2", "port-blocked endpoint 3"},
		},
		"ports beside the blocked": {
			endpoints: []endpoint{
				{"https://a.example:2/", up}, {"https://a.example:10081/", down}, {"https://a.example:6670/", down},
				{"https://a.example:8443/", down}, {"https://a.example:443/", down}, {"https://a.example:80/", down},
			},
		},
		"none active": {
			endpoints: []endpoint{{"https://a.example/", down}, {"https://b.example/", down}}, want: []string{"none-active"},
		},
		"all active": {
			endpoints: []endpoint{{"https://a.example/", up}, {"https://b.example/", up}}, want: []string{"several-active"},
		},
		"the recovery endpoint active": {endpoints: []endpoint{{"https://a.example/", down}, {"https://b.example/", up}}},
		"of a quarantined service only why": {
			endpoints: []endpoint{{"nothing", down}, {"https://b.example/", down}},
			want:      []string{"url-invalid endpoint 1"}, quarantined: bcperr.URLInvalid,
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := k.parse(k.edited(t, 1, func(root *etree.Element) {
				service := at(root, service1)
				for _, e := range service.ChildElements() {
					service.RemoveChild(e)
				}
				for i, e := range c.endpoints {
					one := service.CreateElement("Endpoint")
					one.CreateAttr("Order", strconv.Itoa(i))
					one.CreateAttr("Status", e.status)
					one.SetText(e.url)
				}
			}))
			require.NoError(t, err)
			require.Equal(t, c.want, remarks(l))
			require.Equal(t, c.quarantined, l.Services[0].Quarantined)
		})
	}
}
