package platform

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"time"
)

// Patient is a person who does not exist. The number cannot be anyone's: no month has the number 99.
type Patient struct {
	INSS        string `json:"inss"`
	Name        string `json:"name"`
	Born        string `json:"born"`
	Fund        string `json:"fund"`
	Entitlement string `json:"entitlement"`
}

// Patients returns the fictitious patients of the drill.
func Patients() []Patient {
	return []Patient{
		{"54990100145", "Fictie, Anna", "1954-03-12", "Mutualité d'exercice 901", "110/110"},
		{"71990200219", "Voorbeeld, Bart", "1971-11-30", "Oefenziekenfonds 902", "131/131"},
		{"88990300322", "Muster, Clara", "1988-07-05", "Übungskrankenkasse 903", "110/110"},
		{"09990400477", "Sample, David", "2009-01-19", "Drill fund 904", "121/121"},
	}
}

// Question returns a request to a service (by its short name) about a patient, counted from 1: what a drill sends when
// it has no request of its own.
func Question(short string, patient int) []byte {
	inss := Patients()[(patient-1)%len(Patients())].INSS
	content := "<q:INSS>" + inss + "</q:INSS>"
	if short == "etk" {
		content = "<q:SearchCriteria><q:Identifier><q:Type>SSIN</q:Type><q:Value>" + inss +
			"</q:Value></q:Identifier></q:SearchCriteria>"
	}
	return envelope(`<q:DrillRequest xmlns:q="urn:be:fgov:ehealth:drill">` + content + `</q:DrillRequest>`).body
}

// request is what the answers look at.
type request struct {
	operation string
	inss      string
	text      string
	now       time.Time
}

// Good enough for requests that the drill's own pages make; the product itself reads SOAP with its own strict parser.
var (
	operationPattern = regexp.MustCompile(`<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?([\w-]+)`)
	inssPattern      = regexp.MustCompile(`<(?:[\w-]+:)?INSS[^>]*>\s*(\d{11})\s*<`)
	typePattern      = regexp.MustCompile(`<(?:[\w-]+:)?Type>([^<]{1,40})<`)
	valuePattern     = regexp.MustCompile(`<(?:[\w-]+:)?Value>([^<]{1,40})<`)
)

func readRequest(body []byte, now time.Time) request {
	first := func(p *regexp.Regexp) string {
		if m := p.FindSubmatch(body); m != nil {
			return html.EscapeString(string(m[1]))
		}
		return ""
	}
	return request{first(operationPattern), first(inssPattern), string(body), now}
}

// answerOf returns what a service says when it is well.
func (p *Platform) answerOf(s spec) func(*http.Request, []byte) answered {
	return func(_ *http.Request, body []byte) answered {
		return envelope(s.answer(readRequest(body, p.options.Now())))
	}
}

func (r request) patient() Patient {
	for _, p := range Patients() {
		if p.INSS == r.inss {
			return p
		}
	}
	return Patient{INSS: "", Name: "Nobody, Known", Born: "1900-01-01", Fund: "-", Entitlement: "000/000"}
}

// response wraps content in the usual form of an answer: Id, IssueInstant, Status.
func (r request) response(name, namespace, content string) string {
	return fmt.Sprintf(`<ns2:%s xmlns:ns2="%s" xmlns:st="urn:be:fgov:ehealth:commons:core:v2" IssueInstant="%s">`+
		`<st:Status><st:StatusCode Value="urn:be:fgov:ehealth:2.0:status:Success"/></st:Status>%s</ns2:%s>`,
		name, namespace, r.now.Format("2006-01-02T15:04:05.000Z07:00"), content, name)
}

func (r request) ticket(prefix string) string {
	sum := sha256.Sum256([]byte(prefix + r.text))
	return fmt.Sprintf("%s-%X", prefix, sum[:6])
}

func answerToken(r request) string {
	return fmt.Sprintf(
		`<wst:RequestSecurityTokenResponse xmlns:wst="http://docs.oasis-open.org/ws-sx/ws-trust/200512">`+
			`<wst:RequestedSecurityToken><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" `+
			`MajorVersion="1" MinorVersion="1" `+
			`AssertionID="%s" Issuer="urn:be:fgov:ehealth:sts:drill" IssueInstant="%s">`+
			`<saml:Conditions NotBefore="%s" NotOnOrAfter="%s"/>`+
			`</saml:Assertion></wst:RequestedSecurityToken></wst:RequestSecurityTokenResponse>`,
		r.ticket("drill"), stamp(r.now), stamp(r.now), stamp(r.now.Add(time.Hour)))
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func answerETK(r request) string {
	kind, value := "CBE", "0999999999"
	if m := typePattern.FindStringSubmatch(r.text); m != nil {
		kind = html.EscapeString(m[1])
	}
	if m := valuePattern.FindStringSubmatch(r.text); m != nil {
		value = html.EscapeString(m[1])
	}
	sum := sha256.Sum256([]byte("drill etk " + kind + value))
	return fmt.Sprintf(`<ns2:GetEtkResponse xmlns:ns2="urn:be:fgov:ehealth:etkdepot:1_0:protocol"><ns2:Status>`+
		`<ns2:Code>200</ns2:Code>`+
		`<ns2:Message>Drill</ns2:Message></ns2:Status><ns2:Identifier><ns2:Type>%s</ns2:Type>`+
		`<ns2:Value>%s</ns2:Value></ns2:Identifier>`+
		`<ns2:ETK>%s</ns2:ETK></ns2:GetEtkResponse>`, kind, value, base64.StdEncoding.EncodeToString(sum[:]))
}

func answerKey(r request) string {
	sum := sha256.Sum256([]byte("drill kgss " + r.text))
	return fmt.Sprintf(`<ns2:GetNewKeyResponse xmlns:ns2="urn:be:fgov:ehealth:etee:kgss:1_0:protocol">`+
		`<ns2:NewKeyIdentifier>%s</ns2:NewKeyIdentifier>`+
		`<ns2:NewKey>%s</ns2:NewKey></ns2:GetNewKeyResponse>`, r.ticket("KEY"),
		base64.StdEncoding.EncodeToString(sum[:16]))
}

func answerInsurability(r request) string {
	p := r.patient()
	return r.response("GetInsurabilityForPharmacistResponse", "urn:be:fgov:ehealth:insurability:protocol:v2",
		fmt.Sprintf(`<ns2:Patient><ns2:INSS>%s</ns2:INSS><ns2:Name>%s</ns2:Name><ns2:Born>%s</ns2:Born></ns2:Patient>`+
			`<ns2:Insurability><ns2:Fund>%s</ns2:Fund><ns2:CT1CT2>%s</ns2:CT1CT2>`+
			`<ns2:PaymentGuarantee>true</ns2:PaymentGuarantee></ns2:Insurability>`,
			p.INSS, html.EscapeString(p.Name), p.Born, html.EscapeString(p.Fund), p.Entitlement))
}

func answerMemberData(r request) string {
	p := r.patient()
	return r.response("MemberDataConsultationResponse", "urn:be:fgov:ehealth:mycarenet:memberdata:protocol:v1",
		fmt.Sprintf(`<ns2:Patient><ns2:INSS>%s</ns2:INSS><ns2:Name>%s</ns2:Name></ns2:Patient>`+
			`<ns2:Facet id="insurability"><ns2:Fund>%s</ns2:Fund></ns2:Facet>`+
			`<ns2:Facet id="maximumcharging"><ns2:Reached>false</ns2:Reached></ns2:Facet>`, p.INSS,
			html.EscapeString(p.Name), html.EscapeString(p.Fund)))
}

func answerTarification(r request) string {
	return r.response("TarificationConsultationResponse", "urn:be:fgov:ehealth:mycarenet:tarification:protocol:v1",
		fmt.Sprintf(`<ns2:Patient><ns2:INSS>%s</ns2:INSS></ns2:Patient><ns2:Nomenclature code="101032">`+
			`<ns2:Fee>30.00</ns2:Fee>`+
			`<ns2:Reimbursement>26.00</ns2:Reimbursement><ns2:PatientFee>4.00</ns2:PatientFee></ns2:Nomenclature>`,
			r.patient().INSS))
}

func answerAgreement(r request) string {
	return r.response("ConsultChap4MedicalAdvisorAgreementResponse", "urn:be:fgov:ehealth:chap4:protocol:v1",
		fmt.Sprintf(`<ns2:Patient><ns2:INSS>%s</ns2:INSS></ns2:Patient><ns2:Agreement paragraph="9990000">`+
			`<ns2:Accepted>true</ns2:Accepted>`+
			`<ns2:Until>%s</ns2:Until></ns2:Agreement>`, r.patient().INSS,
			r.now.AddDate(0, 6, 0).Format(time.DateOnly)))
}

func answerAdmission(r request) string {
	return r.response("AskChap4MedicalAdvisorAgreementResponse", "urn:be:fgov:ehealth:chap4:protocol:v1",
		fmt.Sprintf(`<ns2:Reference>%s</ns2:Reference><ns2:Accepted>true</ns2:Accepted>`, r.ticket("CH4")))
}

func answerPrescription(r request) string {
	return r.response("CreatePrescriptionResponse", "urn:be:fgov:ehealth:recipe:protocol:v4",
		fmt.Sprintf(`<ns2:RID>%s</ns2:RID>`, r.ticket("BEP0DRILL")))
}

func answerAttest(r request) string {
	return r.response("SendAttestationResponse", "urn:be:fgov:ehealth:mycarenet:attest:protocol:v3",
		fmt.Sprintf(`<ns2:Invoice>%s</ns2:Invoice>`, r.ticket("ATTEST")))
}

func answerDocuments(r request) string {
	p := r.patient()
	return r.response("GetTransactionListResponse", "urn:be:fgov:ehealth:metahub:protocol:v2",
		fmt.Sprintf(`<ns2:Patient><ns2:INSS>%s</ns2:INSS></ns2:Patient>`+
			`<ns2:Transaction type="sumehr"><ns2:Date>2026-04-02</ns2:Date><ns2:Author>Dr. Drill</ns2:Author>`+
			`</ns2:Transaction>`+
			`<ns2:Transaction type="labresult"><ns2:Date>2026-05-11</ns2:Date><ns2:Author>Exercise lab</ns2:Author>`+
			`</ns2:Transaction>`, p.INSS))
}

func answerVaccinations(r request) string {
	return r.response("GetVaccinationResponse", "urn:be:vlaanderen:vaccinnet:protocol:v2",
		fmt.Sprintf(`<ns2:Patient><ns2:INSS>%s</ns2:INSS></ns2:Patient><ns2:Vaccination>`+
			`<ns2:Date>2025-10-06</ns2:Date><ns2:Product>Influenza</ns2:Product></ns2:Vaccination>`,
			r.patient().INSS))
}
