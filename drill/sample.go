package drill

import (
	"fmt"
	"strings"
	"time"
)

// sampleInstant is when the sample lists were issued.
var sampleInstant = time.Date(2026, time.May, 20, 10, 20, 9, 583e6, time.FixedZone("", 2*60*60))

// sampleServices are services that the platform publishes, by their UDDI key and name; the paths are its own, the
// hosts are not. The quirks are genuine: an Id that ends in an apostrophe, a third endpoint, names of mixed capitals.
var sampleServices = []struct{ id, name, path, recovery string }{
	{"kgss:v1", "ETEE KGSS V1", "/Kgss/v1", ""},
	{"etkdepot:v1", "ETEE ETKDEPOT V1", "/EtkDepot/v1", ""},
	{"iamattributeauthority:v1", "I.AM AA", "/IAM/AttributeAuthority/v1", ""},
	{"iamsaml11tokenservice:v1", "I.AM STS SAML11", "/IAM/Saml11TokenService/v1", ""},
	{"iamsecuritytokenservice:v1", "I.AM STS WSTRUST", "/IAM/SecurityTokenService/v1", ""},
	{"metahub:v2", "METAHUB V2", "/MetaHub/v2", ""},
	{"timestampauthority:v2", "TSA V2", "/TimestampAuthority/v2", ""},
	{"insurability:v2", "MCN INSURABILITY V2", "/Insurability/v2", "/ehealth/bcp/insurability"},
	{"genericinsurability:v1", "MCN GENERIC INSURABILITY V1", "/GenericInsurability/v1",
		"/ehealth/bcp/genericinsurability/v1"},
	{"mycareneteattest:v2", "MCN EATTEST V2", "/MyCareNet/eAttest/v2", "/ehealth/bcp/eattest/v2"},
	{"memberdata:v1", "MCN MEMBERDATA V1", "/MyCareNet/MemberData/v1", "/mycarenet/bed/bcp/memberData"},
	{"mycarenettarification:v1", "MCN TARIFICATION V1", "/MyCareNet/Tarification/v1", "/ehealth/bcp/tarification/v1"},
	{"chapterivchapterivagreementadmission:v1", "MCN CHAPIV ADMISSION V1", "/ChapterIV/ChapterIVAgreementAdmission/v1",
		"/ehealth/bcp/ChapterIVAgreementAdmission/v1"},
	{"chapterivchapterivagreementconsultation:v1", "MCN CHAPIV CONSULTATION V1",
		"/ChapterIV/ChapterIVAgreementConsultation/v1", "/ehealth/bcp/ChapterIVAgreementConsultation/v1"},
	{"recip-eexecutor:v4'", "RECIP-E Executor v4", "/Recip-e/v4/Executor", ""},
	{"recip-eprescriber:v4", "RECIP-E Prescriber v4", "/Recip-e/v4/Prescriber", ""},
}

const (
	idPrefix = "uddi:ehealth-fgov-be:business:"
	mainSite = "https://services.bcp.example"
	recovery = "https://services.bcp2.example"
	partner  = "https://prod.mcn.example:9443"
)

// Sample returns a list of the services a care application meets, at hosts that do not exist.
//
// Shape: every main endpoint ACTIVE, the recovery ones INACTIVE; version 2 has no Cache (see SampleCache).
func Sample(version int) List {
	l := List{Version: version, Environment: "Production", IssueInstant: sampleInstant}
	for _, s := range sampleServices {
		service := Service{ID: idPrefix + s.id, Name: s.name, Endpoints: []Endpoint{{0, Active, mainSite + s.path}}}
		if s.recovery == "" || strings.HasPrefix(s.id, "insurability") {
			service.Endpoints = append(service.Endpoints, Endpoint{1, Inactive, recovery + s.path})
		}
		if s.recovery != "" {
			service.Endpoints = append(service.Endpoints, Endpoint{len(service.Endpoints), Inactive,
				partner + s.recovery})
		}
		l.Services = append(l.Services, service)
	}
	return l
}

// sampleStylesheet makes a key of the operation and the patient's number, as one line.
const sampleStylesheet = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
	`<xsl:output method="text"/>` +
	`<xsl:template match="/"><xsl:value-of select="local-name(/*)"/><xsl:text>|</xsl:text>` +
	`<xsl:for-each select="//*[local-name()='INSS']"><xsl:value-of select="normalize-space(.)"/></xsl:for-each>` +
	`</xsl:template></xsl:stylesheet>`

// SampleCache returns a cache strategy whose key is the operation and the patient's number.
func SampleCache(strategy, duration string) *Cache {
	return &Cache{Strategy: strategy, Key: Key{Inline: true, Text: sampleStylesheet},
		Expiry: Expiry{Type: "ttl", Duration: duration}}
}

// Synthetic returns a list of n services with two endpoints each, for measurements. Version 1.
func Synthetic(n int) List {
	l := List{Version: 1, Environment: "Production", IssueInstant: sampleInstant}
	for i := range n {
		path := fmt.Sprintf("/Synthetic/Service%05d/v1", i)
		l.Services = append(l.Services, Service{
			ID:        fmt.Sprintf("%ssynthetic%05d:v1", idPrefix, i),
			Name:      fmt.Sprintf("SYNTHETIC SERVICE %05d V1", i),
			Endpoints: []Endpoint{{0, Active, mainSite + path}, {1, Inactive, recovery + path}},
		})
	}
	return l
}
