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

// Natures gives the nature of services by Id without version; see Matches. A service that is absent is unknown.
//
// An application that knows more makes its own: a copy of DefaultNatures with its additions, or per call by the fact
// "repeat", which always wins.
type Natures map[string]Nature

// Of returns the nature of a service by its Id in the catalogue: that of this very Id, else that of all its versions.
func (n Natures) Of(serviceID string) Nature {
	if nature, known := n[serviceID]; known {
		return nature
	}
	base := serviceID[:max(0, strings.LastIndex(serviceID, ":v"))]
	if !Matches(base, serviceID) {
		return NatureUnknown
	}
	return n[base]
}

// DefaultNatures returns the natures of the platform's services whose every operation is of one kind. It leaves out the
// metahub and vaccination on purpose: they consult and act through one address.
//
// Source: docs/design.md#repeat. KGSS, the token service and the timestamping authority make something at each request
// (a key, a token, a stamp); a second one does no harm.
func DefaultNatures() Natures {
	const ehealth = "uddi:ehealth-fgov-be:business:"
	return Natures{
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
}
