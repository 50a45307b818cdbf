package servicelist_test

import (
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

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
