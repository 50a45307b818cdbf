package procedure

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNatures(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]Nature{
		"uddi:ehealth-fgov-be:business:insurability:v2":                            Consult,
		"uddi:ehealth-fgov-be:business:genericinsurability:v1":                     Consult,
		"uddi:ehealth-fgov-be:business:memberdata:v1":                              Consult,
		"uddi:ehealth-fgov-be:business:mycarenettarification:v1":                   Consult,
		"uddi:ehealth-fgov-be:business:mycarenettarificationmediprima:v1":          Consult,
		"uddi:ehealth-fgov-be:business:chapterivchapterivagreementconsultation:v1": Consult,
		"uddi:ehealth-fgov-be:business:etkdepot:v1":                                Consult,
		"uddi:ehealth-fgov-be:business:kgss:v1":                                    Consult,
		"uddi:ehealth-fgov-be:business:iamsaml11tokenservice:v1":                   Consult,
		"uddi:ehealth-fgov-be:business:iamsecuritytokenservice:v1":                 Consult,
		"uddi:ehealth-fgov-be:business:timestampauthority:v2":                      Consult,
		"uddi:ehealth-fgov-be:business:iamattributeauthority:v1":                   Consult,
		"uddi:ehealth-fgov-be:business:mycareneteattest:v3":                        Act,
		"uddi:ehealth-fgov-be:business:mycareneteagreement:v1":                     Act,
		"uddi:ehealth-fgov-be:business:chapterivchapterivagreementadmission:v1":    Act,
		"uddi:ehealth-fgov-be:business:recip-eprescriber:v4":                       Act,
		"uddi:ehealth-fgov-be:business:recip-eexecutor:v4'":                        Act,
		"uddi:ehealth-fgov-be:business:metahub:v2":                                 NatureUnknown,
		"uddi:vaccinnet-vlanderen-be:business:vacination:v2":                       NatureUnknown,
		"uddi:ehealth-fgov-be:business:insurabilityupdate:v1":                      NatureUnknown,
		"https://services.example.be/insurability":                                 NatureUnknown,
		"": NatureUnknown,
	} {
		require.Equal(t, want, NatureOf(id), id)
	}
}
