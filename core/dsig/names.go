package dsig

// Namespaces of the profile.
const (
	nsDS    = "http://www.w3.org/2000/09/xmldsig#"
	nsXAdES = "http://uri.etsi.org/01903/v1.3.2#"
)

// Namespaces of a ServiceList, by the version of its schema. Source: BCP XSD 1.0, BCP XSD 2.0.
const (
	NamespaceV1 = "urn:be:fgov:ehealth:bcp:protocol:v1"
	NamespaceV2 = "urn:be:fgov:ehealth:bcp:protocol:v2"
)

// typeSignedProperties marks the Reference that covers SignedProperties. Source: XAdES 1.3.2 §6.3.1.
const typeSignedProperties = "http://uri.etsi.org/01903#SignedProperties"

// maxCertificates bounds KeyInfo, and SigningCertificate: the genuine lists carry 2, a longest sensible chain 4.
const maxCertificates = 10
