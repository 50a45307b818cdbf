package servicelist_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// judged is when the lists of these tests are judged: twelve days after their IssueInstant.
var judged = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)

// kit signs lists and knows whom to trust for them.
type kit struct {
	pki   *drill.PKI
	trust dsig.Trust
	quick drill.Signer // signs fast, in WebAssembly too
}

func newKit(t testing.TB) *kit {
	t.Helper()
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	trust, err := dsig.ParseAnchors(drill.PEM(pki.Root))
	require.NoError(t, err)
	quick, err := pki.IssueSigner("p256", 20, nil)
	require.NoError(t, err)
	return &kit{pki, trust, quick}
}

// sample is a list of three services; in version 2 the second has a cache.
func sample(version int) drill.List {
	l := drill.Sample(version)
	l.Services = l.Services[:3]
	if version == 2 {
		l.Services[1].Cache = drill.SampleCache("ENDPOINT_FIRST", "PT8H")
	}
	return l
}

// edited signs the sample after edit changed its tree.
func (k *kit) edited(t testing.TB, version int, edit func(root *etree.Element)) []byte {
	t.Helper()
	d, err := drill.NewDraft(sample(version), k.quick, time.Time{})
	require.NoError(t, err)
	edit(d.Doc.Root())
	require.NoError(t, d.Seal())
	return d.Bytes()
}

func (k *kit) parse(file []byte) (*servicelist.ServiceList, error) {
	verified, err := dsig.Verify(file, k.trust, judged)
	if err != nil {
		return nil, err
	}
	return servicelist.Parse(verified)
}

func at(root *etree.Element, path string) *etree.Element {
	e := root.FindElement(path)
	if e == nil {
		panic("no " + path)
	}
	return e
}

const (
	service1 = "./Service[1]"
	cache    = "./Service[2]/Cache"
)

func TestParseGenuine(t *testing.T) {
	dir := filepath.Join(sharedDir(t), "catalogues")
	trust, err := dsig.ParseAnchors(readFile(t, dir, "production-2020-issuing-ca.pem"))
	require.NoError(t, err)
	l, err := servicelist.Read(readFile(t, dir, "production-2020-09-14.xml"), trust, "Production", nil,
		time.Date(2020, time.October, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, 1, l.Version)
	require.Equal(t, "_8aa3c80e-4255-42c2-89af-e1b9884f99d4", l.ID)
	require.Equal(t, "2020-09-14T10:20:09.583+02:00", l.IssueInstantText)
	require.True(t, l.IssueInstant.Equal(time.Date(2020, time.September, 14, 8, 20, 9, 583e6, time.UTC)))
	require.Len(t, l.Services, 22)
	require.Equal(t, 45, l.EndpointCount())
	require.Equal(t, dsig.DefaultSignerCN, l.Signer.CN)
	require.Equal(t, []bcperr.Finding{{
		Code: bcperr.ServiceIDQuirk, Place: `service "uddi:ehealth-fgov-be:business:recip-eexecutor:v4'"`,
		Detail: "the Id has characters other than letters, digits and : - . _ /",
	}}, l.Lint)
	for i := range l.Services {
		s := &l.Services[i]
		require.Empty(t, s.Quarantined)
		require.Same(t, s, l.Find(s.ID))
		for _, e := range s.Endpoints {
			require.Same(t, s, l.Find(e.URL), e.URL)
		}
	}
}

func TestParseZero(t *testing.T) {
	_, err := servicelist.Parse(dsig.Verified{})
	require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err))
}

func TestParseVersions(t *testing.T) {
	k := newKit(t)
	for _, version := range []int{1, 2} {
		l, err := k.parse(k.edited(t, version, func(root *etree.Element) {
			root.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
			root.CreateAttr("xsi:schemaLocation", "a b")
			root.CreateAttr("xsi:noNamespaceSchemaLocation", "a")
			at(root, service1).CreateAttr("xml:lang", "fr")
			at(root, service1+"//Endpoint[1]").CreateAttr("ns2:Status", "INACTIVE")
			root.InsertChildAt(0, etree.NewComment("between"))
			at(root, service1).InsertChildAt(0, etree.NewProcInst("between", ""))
			at(root, service1).InsertChildAt(0, etree.NewText("\n\t "))
			at(root, service1+"//Endpoint[1]").CreateAttr("Order", " +007\n")
			at(root, service1+"//Endpoint[2]").CreateAttr("Order", "-0")
		}))
		require.NoError(t, err)
		require.Equal(t, version, l.Version)
		require.Equal(t, "Production", l.Environment)
		require.Len(t, l.Services, 3)
		require.Empty(t, l.Lint)
		want := sample(version).Services[0].Endpoints
		require.Equal(t, []servicelist.Endpoint{
			{Order: 0, Status: servicelist.Inactive, URL: want[1].URL},
			{Order: 7, Status: servicelist.Active, URL: want[0].URL},
		}, l.Services[0].Endpoints)
		require.Nil(t, l.Services[0].Cache)
		if version == 2 {
			cache, err := servicelist.NewCache(servicelist.EndpointFirst, drill.SampleCache("", "").Key.Text, "PT8H")
			require.NoError(t, err)
			require.Equal(t, cache, l.Services[1].Cache)
			require.Equal(t, judged.Add(8*time.Hour), cache.End(judged))
		}
	}
}

// TestSchema signs lists that break the schema in one place each.
func TestSchema(t *testing.T) {
	k := newKit(t)
	type edits map[string]func(root *etree.Element)
	for version, cases := range map[int]edits{
		1: {
			"attribute of the root": func(r *etree.Element) { r.CreateAttr("Mode", "x") },
			"xsi:type": func(r *etree.Element) {
				r.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
				r.CreateAttr("xsi:type", "x")
			},
			"xsi:nil": func(r *etree.Element) {
				at(r, service1).CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
				at(r, service1).CreateAttr("xsi:nil", "true")
			},
			"xml:id": func(r *etree.Element) { at(r, service1).CreateAttr("xml:id", "x") },
			"Status in the namespace of the list": func(r *etree.Element) {
				at(r, service1+"/Endpoint").CreateAttr("xmlns:b", "urn:be:fgov:ehealth:bcp:protocol:v1")
				at(r, service1+"/Endpoint").CreateAttr("b:Status", "INACTIVE")
			},
			"Status in the namespace of the other version": func(r *etree.Element) {
				at(r, service1+"/Endpoint").CreateAttr("xmlns:b", "urn:be:fgov:ehealth:bcp:protocol:v2")
				at(r, service1+"/Endpoint").CreateAttr("b:Status", "INACTIVE")
			},
			"attribute of Service":  func(r *etree.Element) { at(r, service1).CreateAttr("x", "") },
			"attribute of Endpoint": func(r *etree.Element) { at(r, service1+"/Endpoint").CreateAttr("x", "") },
			"no Environment":        func(r *etree.Element) { r.RemoveAttr("Environment") },
			"empty Environment":     func(r *etree.Element) { r.CreateAttr("Environment", "") },
			"no IssueInstant":       func(r *etree.Element) { r.RemoveAttr("IssueInstant") },
			"IssueInstant without zone": func(r *etree.Element) {
				r.CreateAttr("IssueInstant", "2026-05-20T10:20:09")
			},
			"IssueInstant of no calendar": func(r *etree.Element) {
				r.CreateAttr("IssueInstant", "2026-02-30T10:20:09Z")
			},
			"IssueInstant before Christ": func(r *etree.Element) {
				r.CreateAttr("IssueInstant", "-2026-02-03T10:20:09Z")
			},
			"no Service": func(r *etree.Element) {
				for _, s := range r.SelectElements("Service") {
					r.RemoveChild(s)
				}
			},
			"text in the root": func(r *etree.Element) { r.InsertChildAt(0, etree.NewText("x")) },
			"text after the services": func(r *etree.Element) {
				r.InsertChildAt(r.SelectElement("Signature").Index(),
					etree.NewText("x"))
			},
			"no-break space":      func(r *etree.Element) { r.InsertChildAt(0, etree.NewText("\u00a0")) },
			"element in the root": func(r *etree.Element) { r.InsertChildAt(0, etree.NewElement("Other")) },
			"Service elsewhere": func(r *etree.Element) {
				s := etree.NewElement("x:Service")
				s.CreateAttr("xmlns:x", "urn:x")
				r.InsertChildAt(0, s)
			},
			"Service in Service": func(r *etree.Element) {
				at(r, service1).AddChild(at(r, "./Service[2]").Copy())
			},
			"no Id":   func(r *etree.Element) { at(r, service1).RemoveAttr("Id") },
			"no Name": func(r *etree.Element) { at(r, service1).RemoveAttr("Name") },
			"no Endpoint": func(r *etree.Element) {
				s := at(r, service1)
				s.RemoveChildAt(0)
				s.RemoveChildAt(0)
			},
			"text in Service":          func(r *etree.Element) { at(r, service1).CreateText("x") },
			"text before the Endpoint": func(r *etree.Element) { at(r, service1).InsertChildAt(0, etree.NewText("x")) },
			"text between Endpoints":   func(r *etree.Element) { at(r, service1).InsertChildAt(1, etree.NewText("x")) },
			"element after Endpoints":  func(r *etree.Element) { at(r, service1).CreateElement("Other") },
			"Cache":                    func(r *etree.Element) { at(r, service1).CreateElement("Cache") },
			"EndpointList": func(r *etree.Element) {
				s := at(r, service1)
				list := s.CreateElement("EndpointList")
				list.AddChild(s.RemoveChildAt(0))
				list.AddChild(s.RemoveChildAt(0))
			},
			"element in Endpoint": func(r *etree.Element) { at(r, service1+"/Endpoint").CreateElement("Other") },
			"no Order":            func(r *etree.Element) { at(r, service1+"/Endpoint").RemoveAttr("Order") },
			"empty Order":         func(r *etree.Element) { at(r, service1+"/Endpoint").CreateAttr("Order", "") },
			"Order 1.0":           func(r *etree.Element) { at(r, service1+"/Endpoint").CreateAttr("Order", "1.0") },
			"Order +-1":           func(r *etree.Element) { at(r, service1+"/Endpoint").CreateAttr("Order", "+-1") },
			"no Status":           func(r *etree.Element) { at(r, service1+"/Endpoint").RemoveAttr("Status") },
			"Status active": func(r *etree.Element) {
				at(r, service1+"/Endpoint").CreateAttr("Status",
					"active")
			},
			"Status with a blank": func(r *etree.Element) {
				at(r, service1+"/Endpoint").CreateAttr("Status",
					"ACTIVE ")
			},
		},
		2: {
			"Endpoint without its list": func(r *etree.Element) {
				s := at(r, service1)
				s.AddChild(at(s, "./EndpointList").RemoveChildAt(0))
				s.RemoveChildAt(0)
			},
			"empty EndpointList": func(r *etree.Element) {
				l := at(r, service1+"/EndpointList")
				l.RemoveChildAt(0)
				l.RemoveChildAt(0)
			},
			"two EndpointLists": func(r *etree.Element) {
				s := at(r, service1)
				s.AddChild(at(s, "./EndpointList").Copy())
			},
			"attribute of EndpointList": func(r *etree.Element) { at(r, service1+"/EndpointList").CreateAttr("x", "") },
			"text in EndpointList": func(r *etree.Element) {
				at(r, service1+"/EndpointList").InsertChildAt(0,
					etree.NewText("x"))
			},
			"text after EndpointList": func(r *etree.Element) { at(r, service1).CreateText("x") },
			"text after Cache":        func(r *etree.Element) { at(r, "./Service[2]").CreateText("x") },
			"other element in the list": func(r *etree.Element) {
				at(r, service1+"/EndpointList").CreateElement("Other")
			},
			"Cache before EndpointList": func(r *etree.Element) {
				s := at(r, "./Service[2]")
				s.InsertChildAt(0, s.RemoveChild(at(s, "./Cache")))
			},
			"element after Cache":        func(r *etree.Element) { at(r, "./Service[2]").CreateElement("Other") },
			"Cache of another namespace": func(r *etree.Element) { at(r, cache).CreateAttr("xmlns", "urn:x") },
		},
	} {
		for name, edit := range cases {
			t.Run(name, func(t *testing.T) {
				_, err := k.parse(k.edited(t, version, edit))
				require.Equal(t, bcperr.SchemaInvalid, bcperr.CodeOf(err), "%v", err)
			})
		}
	}
}

// TestSplitValues puts comments and processing instructions inside values. Comments can be put there by anybody, so
// they must cost the list, not a service or a cache.
func TestSplitValues(t *testing.T) {
	k := newKit(t)
	for _, path := range []string{service1 + "//Endpoint", cache + "/Key", cache + "/Expiry"} {
		for name, token := range map[string]etree.Token{"comment": etree.NewComment("x"),
			"processing instruction": etree.NewProcInst("x", "")} {
			t.Run(name+" in "+path, func(t *testing.T) {
				_, err := k.parse(k.edited(t, 2, func(root *etree.Element) { at(root, path).InsertChildAt(0, token) }))
				require.Equal(t, bcperr.XMLForbidden, bcperr.CodeOf(err), "%v", err)
			})
		}
	}
	_, err := k.parse(k.edited(t, 2, func(root *etree.Element) {
		at(root, cache+"/Key").CreateElement("Other")
		at(root, cache+"/Expiry").CreateComment("x")
	}))
	require.Equal(t, bcperr.XMLForbidden, bcperr.CodeOf(err), "not behind another fault: %v", err)
	_, err = k.parse(k.edited(t, 2, func(root *etree.Element) {
		second := at(root, cache).Copy()
		at(second, "./Key").CreateComment("x")
		at(root, "./Service[2]").AddChild(second)
	}))
	require.Equal(t, bcperr.XMLForbidden, bcperr.CodeOf(err), "not in a second Cache: %v", err)
}

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

func TestCache(t *testing.T) {
	k := newKit(t)
	invalid, expiry, unsigned := bcperr.CacheInvalid, bcperr.ExpiryInvalid, bcperr.KeyNotSigned
	attr := func(path, name, value string) func(*etree.Element) {
		return func(r *etree.Element) { at(r, path).CreateAttr(name, value) }
	}
	drop := func(path, name string) func(*etree.Element) {
		return func(r *etree.Element) { at(r, path).RemoveAttr(name) }
	}
	key, exp := cache+"/Key", cache+"/Expiry"
	located := func(text string) func(*etree.Element) {
		return func(r *etree.Element) { at(r, key).CreateAttr("Inline", "false"); at(r, key).SetText(text) }
	}
	for _, c := range []struct {
		name string
		edit func(root *etree.Element)
		off  bcperr.Code
	}{
		{"CACHE_FIRST", attr(cache, "Strategy", "CACHE_FIRST"), ""},
		{"Inline 1", attr(key, "Inline", "1"), ""},
		{"none without Duration",
			func(r *etree.Element) { at(r, exp).CreateAttr("Type", "none"); at(r, exp).RemoveAttr("Duration") }, ""},
		{"none with Duration", attr(exp, "Type", "none"), ""},
		{"none with a Duration above the bound", func(r *etree.Element) {
			at(r, exp).CreateAttr("Type", "none")
			at(r, exp).CreateAttr("Duration", "P9Y")
		}, ""},
		{"Duration in the text",
			func(r *etree.Element) { at(r, exp).RemoveAttr("Duration"); at(r, exp).SetText(" PT8H\n") }, ""},
		{"Duration in both places", func(r *etree.Element) { at(r, exp).SetText("x") }, ""},
		{"92 days", attr(exp, "Duration", "P92D"), ""},
		{"three months", attr(exp, "Duration", "P3M"), ""},
		{"comment between", func(r *etree.Element) { at(r, cache).CreateComment("x") }, ""},

		{"no Strategy", drop(cache, "Strategy"), invalid},
		{"unknown Strategy", attr(cache, "Strategy", "cache_first"), invalid},
		{"attribute of Cache", attr(cache, "x", ""), invalid},
		{"two Caches", func(r *etree.Element) { at(r, "./Service[2]").AddChild(at(r, cache).Copy()) }, invalid},
		{"empty Cache", func(r *etree.Element) { at(r, cache).RemoveChildAt(0); at(r, cache).RemoveChildAt(0) },
			invalid},
		{"no Key", func(r *etree.Element) { at(r, cache).RemoveChildAt(0) }, invalid},
		{"no Expiry", func(r *etree.Element) { at(r, cache).RemoveChildAt(1) }, invalid},
		{"Expiry first", func(r *etree.Element) { at(r, cache).AddChild(at(r, cache).RemoveChildAt(0)) }, invalid},
		{"element after Expiry", func(r *etree.Element) { at(r, cache).CreateElement("Other") }, invalid},
		{"text in Cache", func(r *etree.Element) { at(r, cache).InsertChildAt(0, etree.NewText("x")) }, invalid},
		{"text after Key", func(r *etree.Element) { at(r, cache).InsertChildAt(1, etree.NewText("x")) }, invalid},
		{"text after Expiry", func(r *etree.Element) { at(r, cache).CreateText("x") }, invalid},
		{"element in Key", func(r *etree.Element) { at(r, key).CreateElement("Other") }, invalid},
		{"element in Expiry", func(r *etree.Element) { at(r, exp).CreateElement("Other") }, invalid},
		{"attribute of Key", attr(key, "x", ""), invalid},
		{"no Tranform", drop(key, "Tranform"), invalid},
		{"Tranform XSLT", attr(key, "Tranform", "XSLT"), invalid},
		{"no Inline", drop(key, "Inline"), invalid},
		{"Inline yes", attr(key, "Inline", "yes"), invalid},
		{"Inline yes with a location", func(r *etree.Element) {
			located("https://services.bcp.example/k")(r)
			at(r, key).CreateAttr("Inline", "yes")
		}, invalid},
		{"location relative", located("key.xslt"), invalid},
		{"location data", located("data:text/xml,x"), invalid},
		{"location", located(" https://services.bcp.example/key.xslt\n"), unsigned},
		{"location and bad Duration", func(r *etree.Element) {
			located("https://services.bcp.example/key.xslt")(r)
			at(r, exp).CreateAttr("Duration", "8h")
		}, expiry},

		{"attribute of Expiry", attr(exp, "x", ""), invalid},
		{"no Type", drop(exp, "Type"), expiry},
		{"unknown Type", attr(exp, "Type", "TTL"), expiry},
		{"ttl without Duration", drop(exp, "Duration"), expiry},
		{"empty Duration", attr(exp, "Duration", ""), expiry},
		{"bad Duration", attr(exp, "Duration", "8h"), expiry},
		{"bad Duration with none",
			func(r *etree.Element) { at(r, exp).CreateAttr("Type", "none"); at(r, exp).CreateAttr("Duration", "8h") },
			expiry},
		{"no time at all", attr(exp, "Duration", "PT0S"), expiry},
		{"negative", attr(exp, "Duration", "-PT8H"), expiry},
		{"93 days", attr(exp, "Duration", "P93D"), expiry},
		{"four months", attr(exp, "Duration", "P4M"), expiry},
		{"months and days", attr(exp, "Duration", "P3M3D"), expiry},
		{"beyond all numbers", attr(exp, "Duration", "PT"+strings.Repeat("9", 40)+"S"), expiry},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := k.parse(k.edited(t, 2, c.edit))
			require.NoError(t, err)
			require.Equal(t, []bcperr.Code{"", "", ""}, quarantined(l))
			require.Equal(t, c.off, l.Services[1].Cache.Off, "%v", l.Lint)
			if c.off == "" {
				require.Empty(t, l.Lint)
				return
			}
			require.Len(t, l.Lint, 1)
			require.Equal(t, c.off, l.Lint[0].Code)
			require.Equal(t, `service "`+l.Services[1].ID+`", cache`, l.Lint[0].Place)
			cost, _, _ := strings.Cut(l.Lint[0].Detail, ": ")
			want := "the cache of this service is off"
			if c.off == unsigned {
				want += " unless the application has its own copy of the stylesheet"
			}
			require.Equal(t, want, cost)
		})
	}
}
