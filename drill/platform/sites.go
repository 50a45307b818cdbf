package platform

import "github.com/ehealth-bcp/ehealth-bcp/drill"

// Site is where an endpoint stands; a whole site can fail at once.
type Site string

// The sites of the genuine catalogue: services.ehealth.fgov.be, services.ehealth2.be and prod.mycarenet.be.
const (
	SiteEHealth   Site = "ehealth"
	SiteRecovery  Site = "recovery"
	SiteMyCareNet Site = "mycarenet"
)

// spec is one simulated service: a short name for commands, the Id of the catalogue without the common prefix, and the
// endpoints in their Order.
type spec struct {
	short, id, name, path string
	sites                 []Site
	answer                func(request) string // the content of the SOAP Body
	key                   string               // XPath expressions of the cache key; "" when the service has none
}

const idPrefix = "uddi:ehealth-fgov-be:business:"

var (
	twoSites   = []Site{SiteEHealth, SiteRecovery}
	directOnly = []Site{SiteEHealth, SiteMyCareNet}
	allSites   = []Site{SiteEHealth, SiteRecovery, SiteMyCareNet}
)

// specs are the services that the functionalities of core/procedure need.
var specs = []spec{
	{"sts", idPrefix + "iamsecuritytokenservice:v1", "I.AM STS WSTRUST", "/IAM/SecurityTokenService/v1", twoSites,
		answerToken, ""},
	{"etk", idPrefix + "etkdepot:v1", "ETEE ETKDEPOT V1", "/EtkDepot/v1", twoSites, answerETK, identifierKey},
	{"kgss", idPrefix + "kgss:v1", "ETEE KGSS V1", "/Kgss/v1", twoSites, answerKey, ""},
	{"insurability", idPrefix + "insurability:v2", "MCN INSURABILITY V2", "/Insurability/v2", allSites,
		answerInsurability, patientKey},
	{"memberdata", idPrefix + "memberdata:v1", "MCN MEMBERDATA V1", "/MyCareNet/MemberData/v1", directOnly,
		answerMemberData, patientKey},
	{"tarification", idPrefix + "mycarenettarification:v1", "MCN TARIFICATION V1", "/MyCareNet/Tarification/v1",
		directOnly, answerTarification, patientKey},
	{"mediprima", idPrefix + "mycarenettarificationmediprima:v1", "MCN TARIFICATION MEDIPRIMA V1",
		"/MyCareNet/TarificationMediPrima/v1", directOnly, answerTarification, patientKey},
	{"chapter4", idPrefix + "chapterivchapterivagreementconsultation:v1", "MCN CHAPIV CONSULTATION V1",
		"/ChapterIV/ChapterIVAgreementConsultation/v1", directOnly, answerAgreement, patientKey},
	{"admission", idPrefix + "chapterivchapterivagreementadmission:v1", "MCN CHAPIV ADMISSION V1",
		"/ChapterIV/ChapterIVAgreementAdmission/v1", directOnly, answerAdmission, ""},
	{"recipe", idPrefix + "recip-eprescriber:v4", "RECIP-E Prescriber v4", "/Recip-e/v4/Prescriber", twoSites,
		answerPrescription, ""},
	{"eattest", idPrefix + "mycareneteattest:v3", "MCN EATTEST V3", "/MyCareNet/eAttest/v3", directOnly, answerAttest,
		""},
	{"hub", idPrefix + "metahub:v2", "METAHUB V2", "/MetaHub/v2", twoSites, answerDocuments, patientKey},
	{"vaccinnet", "uddi:vaccinnet-vlanderen-be:business:vacination:v2", "Vaccinnet v2", "/Vaccinnet/v2", twoSites,
		answerVaccinations, patientKey},
}

// The parts of the requests that tell two questions apart. Unknown parts are left out of the key, so two requests that
// differ in their Id or time have one key.
const (
	patientKey    = `<xsl:value-of select="normalize-space(//*[local-name()='INSS'])"/>`
	identifierKey = `<xsl:for-each select="//*[local-name()='Identifier']">` +
		`<xsl:value-of select="concat(*[local-name()='Type'],':',*[local-name()='Value'],';')"/></xsl:for-each>`
)

// cache makes the Cache element of a service, or nil when nothing identifies its questions.
func (s spec) cache(strategy, duration string) *drill.Cache {
	if s.key == "" {
		return nil
	}
	return &drill.Cache{
		Strategy: strategy,
		Key: drill.Key{Inline: true, Text: `<xsl:stylesheet version="1.0" ` +
			`xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
			`<xsl:output method="text"/><xsl:template match="/"><xsl:value-of select="concat(local-name(/*),'|')"/>` +
			s.key + `</xsl:template></xsl:stylesheet>`},
		Expiry: drill.Expiry{Type: "ttl", Duration: duration},
	}
}
