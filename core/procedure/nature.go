package procedure

import "strings"

// Nature says what a request to a service does, and so whether it may run twice.
type Nature string

// The natures. NatureUnknown counts as Act wherever a request would be repeated.
const (
	NatureUnknown Nature = ""
	Consult       Nature = "consult" // reads, or makes something that may be made again: it may run twice
	Act           Nature = "act"     // creates, changes or cancels: it must not run twice
)

// NatureOf returns the nature of a service by its Id in the catalogue: that of this very Id, else that of all its
// versions; see Matches. A service that nobody knows is unknown. What a caller says of a call always wins.
func NatureOf(serviceID string) Nature {
	if nature, known := natures[serviceID]; known {
		return nature
	}
	base := serviceID[:max(0, strings.LastIndex(serviceID, ":v"))]
	if !Matches(base, serviceID) {
		return NatureUnknown
	}
	return natures[base]
}

const ehealth = "uddi:ehealth-fgov-be:business:"

// natures are those of the platform's services whose every operation is of one kind, by Id without version. It leaves
// out the metahub and vaccination on purpose: they consult and act through one address.
//
// Source: docs/design.md#repeat. KGSS, the token service and the timestamping authority make something at each request
// (a key, a token, a stamp); a second one does no harm.
var natures = map[string]Nature{
	ehealth + "insurability":                            Consult,
	ehealth + "genericinsurability":                     Consult,
	ehealth + "memberdata":                              Consult,
	ehealth + "mycarenettarification":                   Consult,
	ehealth + "mycarenettarificationmediprima":          Consult,
	ehealth + "chapterivchapterivagreementconsultation": Consult,
	ehealth + "etkdepot":                                Consult,
	ehealth + "kgss":                                    Consult,
	ehealth + "iamsaml11tokenservice":                   Consult,
	ehealth + "iamsecuritytokenservice":                 Consult,
	ehealth + "timestampauthority":                      Consult,
	ehealth + "iamattributeauthority":                   Consult,
	ehealth + "mycareneteattest":                        Act,
	ehealth + "mycareneteagreement":                     Act,
	ehealth + "chapterivchapterivagreementadmission":    Act,
	ehealth + "recip-eprescriber":                       Act,
	ehealth + "recip-eexecutor":                         Act,
}
