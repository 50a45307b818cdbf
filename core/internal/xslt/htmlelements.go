package xslt

import "strings"

// htmlElement is what the html output method must know of an element.
type htmlElement uint8

const (
	htmlEmpty htmlElement = 1 << iota // has no end tag
	htmlBlock                         // indented
	htmlRaw                           // its text is not escaped
	htmlHead                          // gets the META element
)

// The names of each class. Source: HTML 4.01 as the JDK's serializer classes it (measured on JDK 17).
const (
	emptyElements  = " area base basefont br col frame hr img input isindex link meta param "
	inlineElements = " a abbr acronym applet b basefont bdo big button cite code del dfn em font i img input ins kbd " +
		"label legend " +
		"nobr object optgroup option param q s samp script select small span strike strong sub sup td textarea th tt " +
		"u var "
	rawElements = " script style "
)

func htmlElementNamed(name string) (e htmlElement) {
	word := " " + strings.ToLower(name) + " "
	if strings.Contains(emptyElements, word) {
		e |= htmlEmpty
	}
	if !strings.Contains(inlineElements, word) { // what HTML does not know is a block too
		e |= htmlBlock
	}
	if strings.Contains(rawElements, word) {
		e |= htmlRaw
	}
	if word == " head " {
		e |= htmlHead
	}
	return e
}

// The attributes that hold a URI, and those that may stand without a value, as " element.attribute ".
const (
	uriAttributes = " a.href a.name area.href base.href blockquote.cite del.cite div.src form.action frame.src " +
		"frame.longdesc " +
		"head.profile iframe.src iframe.longdesc ilayer.src img.src img.longdesc img.usemap input.src input.usemap " +
		"ins.cite " +
		"layer.src link.href object.classid object.codebase object.data object.archive object.usemap q.cite " +
		"script.src script.for "
	booleanAttributes = " area.nohref button.disabled dir.compact div.nowrap dl.compact frame.noresize hr.noshade " +
		"img.ismap " +
		"input.checked input.disabled input.ismap input.readonly menu.compact object.declare ol.compact " +
		"optgroup.disabled " +
		"option.selected option.disabled script.defer select.disabled select.multiple table.nowrap td.nowrap " +
		"textarea.disabled textarea.readonly th.nowrap tr.nowrap ul.compact "
)

func isURIAttribute(element, name string) bool {
	return strings.Contains(uriAttributes, " "+strings.ToLower(element+"."+name)+" ")
}

func isBooleanAttribute(element, name string) bool {
	return strings.Contains(booleanAttributes, " "+strings.ToLower(element+"."+name)+" ")
}
