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

// TestQuarantine breaks one service each; the others stay good.
func TestQuarantine(t *testing.T) {
	k := newKit(t)
	first := sample(1).Services[0].ID
	for _, c := range []struct {
		name   string
		edit   func(root *etree.Element)
		code   bcperr.Code
		places []string
	}{
		{"negative Order", func(r *etree.Element) { at(r, service1+"/Endpoint[2]").CreateAttr("Order", "-1") },
			bcperr.OrderInvalid, []string{", endpoint 2"}},
		{"Order above the bound",
			func(r *etree.Element) { at(r, service1+"/Endpoint[2]").CreateAttr("Order", "2147483648") },
			bcperr.OrderInvalid, []string{", endpoint 2"}},
		{"Order beyond all numbers",
			func(r *etree.Element) { at(r, service1+"/Endpoint[1]").CreateAttr("Order", strings.Repeat("9", 500)) },
			bcperr.OrderInvalid, []string{", endpoint 1"}},
		{"one Order twice", func(r *etree.Element) { at(r, service1+"/Endpoint[2]").CreateAttr("Order", "0") },
			bcperr.OrderDuplicate, []string{""}},
		{"http", func(r *etree.Element) { at(r, service1+"/Endpoint[2]").SetText("http://services.bcp.example/x") },
			bcperr.URLInvalid, []string{", endpoint 2"}},
		{"65 endpoints", func(r *etree.Element) {
			for i := 2; i < 65; i++ {
				e := at(r, service1+"/Endpoint[2]").Copy()
				e.CreateAttr("Order", strconv.Itoa(i))
				at(r, service1).InsertChildAt(0, e)
			}
		}, bcperr.LimitExceeded, []string{""}},
		{"two bad URLs", func(r *etree.Element) {
			at(r, service1+"/Endpoint[1]").SetText("x")
			at(r, service1+"/Endpoint[2]").SetText("")
		}, bcperr.URLInvalid, []string{", endpoint 1", ", endpoint 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := k.parse(k.edited(t, 1, c.edit))
			require.NoError(t, err)
			require.Equal(t, []bcperr.Code{c.code, "", ""}, quarantined(l))
			var places []string
			for _, f := range l.Lint {
				require.Equal(t, c.code, f.Code)
				require.NotEmpty(t, f.Detail)
				places = append(places, strings.TrimPrefix(f.Place, `service "`+first+`"`))
			}
			require.Equal(t, c.places, places)
			require.Same(t, &l.Services[0], l.Find(first), "the chooser must meet it to refuse it")
			require.Nil(t, l.Find(""))
		})
	}
}

func quarantined(l *servicelist.ServiceList) (codes []bcperr.Code) {
	for _, s := range l.Services {
		codes = append(codes, s.Quarantined)
	}
	return codes
}

func TestServiceIDs(t *testing.T) {
	k := newKit(t)
	rename := func(ids ...string) *servicelist.ServiceList {
		l, err := k.parse(k.edited(t, 1, func(root *etree.Element) {
			for i, id := range ids {
				root.SelectElements("Service")[i].CreateAttr("Id", id)
			}
		}))
		require.NoError(t, err)
		return l
	}
	duplicate, invalid := bcperr.ServiceDuplicate, bcperr.ServiceIDInvalid
	require.Equal(t, []bcperr.Code{duplicate, "", duplicate}, quarantined(rename("a", "b", "a")))
	three := rename("a", "a", "a")
	require.Equal(t, []bcperr.Code{duplicate, duplicate, duplicate}, quarantined(three))
	require.Len(t, three.Lint, 3)
	require.Equal(t, []bcperr.Code{"", "", ""}, quarantined(rename("a", "A", "a.")), "octet for octet")
	require.Equal(t, []bcperr.Code{invalid, "", ""}, quarantined(rename("")))
	require.Equal(t, []bcperr.Code{invalid, "", ""}, quarantined(rename(strings.Repeat("a", 1001))))
	require.Equal(t, []bcperr.Code{"", "", ""},
		quarantined(rename(strings.Repeat("a", 1000), "__proto__", "constructor")))
	quirky := rename("v4'", "v 1", "é")
	require.Equal(t, []bcperr.Code{"", "", ""}, quarantined(quirky))
	require.Len(t, quirky.Lint, 3)
	require.Same(t, &quirky.Services[0], quirky.Find("v4'"))
	require.Nil(t, quirky.Find("v4"))
}

func TestFindByURL(t *testing.T) {
	k := newKit(t)
	l, err := k.parse(k.edited(t, 1, func(root *etree.Element) {
		endpoints := root.FindElements("./Service/Endpoint")
		for i, text := range []string{
			"https://one.example/v1", "https://Shared.example/x", // service 1
			"https://one.example/v1/", "https://shared.example:443/x", // service 2
			"https://three.example", "https://SHARED.example/x", // service 3
		} {
			endpoints[i].SetText(text)
		}
		root.SelectElements("Service")[2].CreateAttr("Id", "https://one.example/v1")
	}))
	require.NoError(t, err)
	var lint []bcperr.Code
	for _, f := range l.Lint {
		lint = append(lint, f.Code)
	}
	require.Equal(t, []bcperr.Code{bcperr.URLShared, bcperr.URLShared}, lint)
	require.Equal(t, []bcperr.Code{"", "", ""}, quarantined(l))

	require.Same(t, &l.Services[2], l.Find("https://one.example/v1"), "an Id comes first")
	require.Same(t, &l.Services[1], l.Find("https://one.example/v1/"))
	require.Same(t, &l.Services[0], l.Find("HTTPS://ONE.example:443/v1"))
	require.Same(t, &l.Services[2], l.Find("https://three.example/"))
	require.Same(t, &l.Services[2], l.Find("https://three.example"))
	for _, unknown := range []string{
		"https://shared.example/x", "https://Shared.example/x", "https://one.example/V1", "https://one.example/v1?x",
		"https://one.example:444/v1",
		"http://one.example/v1", "https://one.example/v1#x", "nothing", "", "https://three.example//",
	} {
		require.Nil(t, l.Find(unknown), unknown)
	}
}

// TestOneServiceMayNameAURLTwice: only two services make a URL ambiguous.
func TestOneServiceMayNameAURLTwice(t *testing.T) {
	k := newKit(t)
	l, err := k.parse(k.edited(t, 1, func(root *etree.Element) {
		at(root, service1+"/Endpoint[2]").SetText(at(root, service1+"/Endpoint[1]").Text())
	}))
	require.NoError(t, err)
	require.Equal(t, []string{"url-duplicate endpoint 2"}, remarks(l))
	require.Same(t, &l.Services[0], l.Find(l.Services[0].Endpoints[0].URL))
}
