package servicelist_test

import (
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
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
	dir := corpus.Dir(t, "catalogues")
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
