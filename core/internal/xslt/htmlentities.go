package xslt

import (
	"strings"
	"sync"
)

// latin1Entities are the names of U+00A0 to U+00FF, in order. Source: HTML 4.01 §24.2.1.
const latin1Entities = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn " +
	"sup2 " +
	"sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc " +
	"Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve " +
	"Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute " +
	"acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde " +
	"ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml"

// symbolEntities are the further characters that the JDK writes by name, each character followed by its name.
// Source: HTML 4.01 §24.3 and §24.4; measured on JDK 17, which leaves out the Greek letters.
const symbolEntities = "\u2002ensp \u2003emsp \u2009thinsp \u200czwnj \u200dzwj \u200elrm \u200frlm \u2013ndash " +
	"\u2014mdash " +
	"\u2018lsquo \u2019rsquo \u201asbquo \u201cldquo \u201drdquo \u201ebdquo \u2020dagger \u2021Dagger " +
	"\u2022bull \u2026hellip \u2030permil \u2032prime \u2033Prime \u2039lsaquo \u203arsaquo \u203eoline " +
	"\u2044frasl \u20aceuro \u2111image \u2118weierp \u211creal \u2122trade \u2135alefsym \u2190larr " +
	"\u2191uarr \u2192rarr \u2193darr \u2194harr \u21b5crarr \u21d0lArr \u21d1uArr \u21d2rArr \u21d3dArr " +
	"\u21d4hArr \u2200forall \u2202part \u2203exist \u2205empty \u2207nabla \u2208isin \u2209notin " +
	"\u220bni \u220fprod \u2211sum \u2212minus \u2217lowast \u221aradic \u221dprop \u221einfin \u2220ang " +
	"\u2227and \u2228or \u2229cap \u222acup \u222bint \u2234there4 \u223csim \u2245cong \u2248asymp " +
	"\u2260ne \u2261equiv \u2264le \u2265ge \u2282sub \u2283sup \u2284nsub \u2286sube \u2287supe " +
	"\u2295oplus \u2297otimes \u22a5perp \u22c5sdot \u2308lceil \u2309rceil \u230alfloor \u230brfloor " +
	"\u2329lang \u232arang \u25caloz \u2660spades \u2663clubs \u2665hearts \u2666diams"

var entityNames = sync.OnceValue(func() map[rune]string {
	names := make(map[rune]string, 200)
	for i, name := range strings.Fields(latin1Entities) {
		names[rune(0xA0+i)] = name
	}
	for _, field := range strings.Split(symbolEntities, " ") {
		for i, r := range field {
			if i > 0 {
				break
			}
			names[r] = field[len(string(r)):]
		}
	}
	return names
})

// htmlEntity returns the name that the html output method writes for r in text and attribute values, or "".
func htmlEntity(r rune) string { return entityNames()[r] }
