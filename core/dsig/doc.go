// Package dsig checks the signature of a ServiceList and decides whom it may come from.
//
// The format is an enveloped XML Signature 1.1 in the profile of the genuine lists: exclusive c14n without comments (a
// PrefixList is allowed), one Reference to the root by its Id (enveloped-signature, exclusive c14n), one to the
// SignedProperties of XAdES-BES (exclusive c14n); SHA-256, -384 or -512; RSA of 2048 bits or more with PKCS #1 v1.5, or
// ECDSA on P-256, P-384 or P-521; X.509 certificates in KeyInfo, the signer's first. The form is closed: what the
// profile does not name is refused, but for the content of UnsignedProperties, which is never read, and comments
// between elements, which carry nothing.
//
// It leaves out: every other transform and algorithm, keys without certificates, retrieval of anything, OCSP,
// timestamps, signature policies. It reads nothing but its arguments. The caller must still judge what the list says
// (package servicelist), and keep the trust anchors of each environment apart.
//
// # From reasons to codes
//
// Test corpora and advisories name reasons; this is the code that each has here. A document can break several rules:
// the order of the checks in Verify decides which is told.
//
//	TOO_LARGE           input-too-large
//	TOO_DEEP            limit-exceeded
//	TOO_MANY_NODES      limit-exceeded
//	TOO_MANY_ATTRS      limit-exceeded
//	ENCODING            encoding-invalid
//	NOT_WELL_FORMED     xml-malformed
//	NS_ERROR            xml-malformed
//	DOCTYPE             xml-forbidden
//	COMMENT             xml-forbidden
//	PI                  xml-forbidden
//	ROOT_NAME           schema-invalid
//	SIG_MISSING         signature-missing
//	SIG_MULTIPLE        signature-ambiguous
//	DUP_ID              signature-ambiguous
//	SIG_POSITION        signature-shape
//	SIG_SHAPE           signature-shape
//	REF_COUNT           signature-shape
//	REF_URI             signature-shape
//	REF_TARGET          signature-shape
//	C14N_ALG            algorithm-refused
//	SIG_ALG             algorithm-refused
//	DIGEST_ALG          algorithm-refused
//	TRANSFORM           algorithm-refused
//	KEY_WEAK            algorithm-refused
//	KEY_TYPE            algorithm-refused
//	CERT_SIGALG         algorithm-refused
//	CERT_MISSING        signer-missing
//	CERT_PARSE          signer-missing
//	CERT_CHAIN          signer-untrusted
//	CERT_CRITICAL_EXT   signer-untrusted
//	CERT_EXPIRED        signer-expired
//	CERT_NOT_YET_VALID  signer-not-yet-valid
//	CERT_REVOKED        signer-revoked
//	CERT_USAGE          signer-usage
//	CERT_SUBJECT        signer-mismatch
//	SIG_BASE64          signature-invalid
//	SIG_VALUE           signature-invalid
//	DIGEST_MISMATCH     digest-mismatch
//	XADES_MISSING       xades-invalid
//	XADES_SHAPE         xades-invalid
//	XADES_REF           xades-invalid
//	XADES_TARGET        xades-invalid
//	XADES_CERT          xades-invalid
//	XADES_TIME          xades-invalid
//
// Package servicelist adds, after these:
//
//	SCHEMA              schema-invalid
//	WRONG_ENV           environment-mismatch
//	FUTURE_ISSUE        issued-in-future
//	ROLLBACK            catalogue-rollback
//	EQUIVOCATION        catalogue-equivocation
//
// and these findings, which do not cost the list: ORDER order-invalid or order-duplicate, URL url-invalid, DUP_SERVICE
// service-duplicate, DUP_URL url-shared, CACHE and CACHE_KEY cache-invalid or key-not-signed, CACHE_EXPIRY
// expiry-invalid. XSLT_COMPILE (xslt-invalid), XSLT_FORBIDDEN (xslt-forbidden), XSLT_LIMIT (limit-exceeded) and
// XSLT_CONSTANT (key-constant, key-empty) switch a cache off in package cachekey. NO_ACTIVE, MULTI_ACTIVE and STALE are
// published states or warnings, never a refusal.
//
// Source: XMLDSig 1.1, exc-c14n 1.0, XAdES 1.3.2 (ETSI TS 101 903), RFC 5280, RFC 6931.
package dsig
