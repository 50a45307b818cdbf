package bcperr

// Code names a failure. Lower case, words joined by hyphens, never reused for another meaning.
//
// A Code is an error itself, so that errors.Is(err, bcperr.NotRepeatable) asks for it.
type Code string

// Error returns the code.
func (c Code) Error() string { return string(c) }

// Input and XML.
const (
	InputTooLarge   Code = "input-too-large"  // more bytes than the documented limit
	EncodingInvalid Code = "encoding-invalid" // not UTF-8, or declared as something else
	XMLMalformed    Code = "xml-malformed"    // breaks XML 1.0 or Namespaces in XML
	XMLForbidden    Code = "xml-forbidden"    // well-formed, but refused: DOCTYPE, a comment that splits a value, …
	LimitExceeded   Code = "limit-exceeded"   // a documented bound on depth, count, steps or output
)

// Signature.
const (
	SignatureMissing   Code = "signature-missing"   // no ds:Signature
	SignatureAmbiguous Code = "signature-ambiguous" // two signatures, or an Id that occurs twice
	SignatureShape     Code = "signature-shape"     // not the closed form that the profile allows
	AlgorithmRefused   Code = "algorithm-refused"   // an algorithm, transform or key size outside the profile
	DigestMismatch     Code = "digest-mismatch"     // a Reference does not match what it covers
	SignatureInvalid   Code = "signature-invalid"   // SignatureValue does not match SignedInfo
	XAdESInvalid       Code = "xades-invalid"       // SignedProperties absent, misplaced, or naming another certificate
)

// Signer.
const (
	SignerMissing     Code = "signer-missing"       // no usable certificate in KeyInfo
	SignerUntrusted   Code = "signer-untrusted"     // no path to a configured anchor
	SignerExpired     Code = "signer-expired"       // past notAfter at the time of judgement
	SignerNotYetValid Code = "signer-not-yet-valid" // before notBefore at the time of judgement
	SignerUsage       Code = "signer-usage"         // the certificate may not sign
	SignerMismatch    Code = "signer-mismatch"      // not the pinned subject
	SignerRevoked     Code = "signer-revoked"       // listed in a valid CRL
)

// Catalogue.
const (
	SchemaInvalid         Code = "schema-invalid"
	EnvironmentMismatch   Code = "environment-mismatch"
	IssuedInFuture        Code = "issued-in-future"
	CatalogueRollback     Code = "catalogue-rollback"
	CatalogueEquivocation Code = "catalogue-equivocation"
)

// Choice of endpoint.
const (
	ServiceUnknown     Code = "service-unknown"
	ServiceInactive    Code = "service-inactive"
	ServiceQuarantined Code = "service-quarantined"
	EndpointUnknown    Code = "endpoint-unknown"
	EndpointsExhausted Code = "endpoints-exhausted"
	NotRepeatable      Code = "not-repeatable"
)

// Requests and answers.
const (
	SOAPMalformed Code = "soap-malformed"
	Incomplete    Code = "incomplete"
	TokenInvalid  Code = "token-invalid" // no SAML assertion that names an end which can be read
)

// Cache key and cache.
const (
	XSLTInvalid   Code = "xslt-invalid"   // not a stylesheet that compiles
	XSLTForbidden Code = "xslt-forbidden" // asks for what the sandbox refuses
	XSLTFailed    Code = "xslt-failed"    // compiled, failed while running
	KeyEmpty      Code = "key-empty"
	CacheMiss     Code = "cache-miss"
	CacheExpired  Code = "cache-expired"
	CacheOff      Code = "cache-off"
)

// Procedures.
const (
	ProcedureInvalid     Code = "procedure-invalid" // guidance data that break their form
	FunctionalityUnknown Code = "functionality-unknown"
)

// History of the catalogues that were accepted.
const (
	HistoryBroken Code = "history-broken" // a line does not follow from the one before
)

// Drills.
const (
	ScenarioInvalid Code = "scenario-invalid" // a line of a drill that cannot be read
	DrillFailed     Code = "drill-failed"     // an expectation of a drill did not hold
)

// Calls of the product itself.
const (
	BadCall  Code = "bad-call" // the caller's arguments are wrong
	Internal Code = "internal" // a broken promise of our own code
)

// Outcome of a call that was not completed by choice or by time.
const (
	Timeout Code = "timeout" // the total deadline of the call passed
	Aborted Code = "aborted" // the caller cancelled
)

// Hosts: what lies outside the core.
const (
	Network            Code = "network"             // the catalogue cannot be fetched
	StorageUnavailable Code = "storage-unavailable" // the store cannot be read or written
	RecordDropped      Code = "record-dropped"      // a stored record that is damaged: it counts as absent
	Closed             Code = "closed"              // the client was closed
	OriginRefused      Code = "origin-refused"      // a gateway is not for that page, or not known by that name
	Busy               Code = "busy"                // too much is under way at once: try again in a second
)

// Lint: findings that quarantine one service, switch off one cache, or only inform. The list stays good.
const (
	OrderInvalid     Code = "order-invalid"      // Order is negative or too large
	OrderDuplicate   Code = "order-duplicate"    // two endpoints of a service share an Order
	URLInvalid       Code = "url-invalid"        // an endpoint that is not a plain https URL
	URLShared        Code = "url-shared"         // two services share a URL: it finds neither
	URLDuplicate     Code = "url-duplicate"      // a service has a URL twice; informs only
	PortBlocked      Code = "port-blocked"       // a port that no browser calls; informs only
	NoneActive       Code = "none-active"        // a service without an ACTIVE endpoint; informs only
	SeveralActive    Code = "several-active"     // a service with more ACTIVE endpoints than one; informs only
	ServiceDuplicate Code = "service-duplicate"  // two services share an Id
	ServiceIDQuirk   Code = "service-id-quirk"   // an Id outside the usual alphabet; informs only
	ServiceNameQuirk Code = "service-name-quirk" // a Name with markup or with what does not print; informs only
	ServiceIDInvalid Code = "service-id-invalid" // an Id that is empty or too long to be looked up
	CacheInvalid     Code = "cache-invalid"      // a Cache element that breaks the schema
	ExpiryInvalid    Code = "expiry-invalid"     // an Expiry that is not a usable xs:duration
	// Inline="false": the stylesheet is not covered by the signature
	KeyNotSigned          Code = "key-not-signed"
	KeyConstant           Code = "key-constant"           // the key says nothing of the request, or of any request
	RuleUnused            Code = "rule-unused"            // a rule of the application beside a Cache of the list
	CertificateUnreadable Code = "certificate-unreadable" // an anchor, or a certificate in KeyInfo, that was skipped
	CRLInvalid            Code = "crl-invalid"            // a CRL that cannot be read or whose signature fails
	CRLExpired            Code = "crl-expired"            // a CRL past its nextUpdate
	CRLPartial            Code = "crl-partial"            // a CRL that is not about the certificate
	CRLForeign            Code = "crl-foreign"            // a CRL of an issuer outside the signer's chain
	HeldInvalid           Code = "held-invalid"           // the catalogue held no longer verifies, so it sets no floor
	CRLNotYetValid        Code = "crl-not-yet-valid"      // a CRL whose thisUpdate lies after the time of judgement
)
