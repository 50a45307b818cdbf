// Package xsdtype reads values of the XML Schema types that a ServiceList uses: xs:dateTime, xs:duration, xs:boolean
// and xs:integer, and adds a duration to an instant by the calendar.
//
// Format: XML Schema Part 2, second edition (XSD 1.0). Each Parse collapses XML white space first, as the type's
// whiteSpace facet says; any other blank (U+00A0 …) is an error.
//
// Left out: years outside 0001-9999, which the lexical form allows and no catalogue needs; facets of derived types.
//
// Source: XSD 1.0 Part 2 §3.2.2, §3.2.6, §3.2.7, §3.3.13, §4.3.6, Appendix E.
package xsdtype
