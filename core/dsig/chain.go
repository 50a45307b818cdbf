package dsig

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// The path rules are RFC 5280's as far as one pinned signer under configured anchors needs them. They are our own
// because crypto/x509's Verify takes the signer itself for an anchor, cannot judge CRLs along the path that it found,
// and costs about 150 kB of the compressed WebAssembly for host names and policies that play no part here. Tests
// compare the verdicts of both.

// checkIssued checks the signature of issuer on cert.
func checkIssued(cert, issuer *x509.Certificate) error {
	switch cert.SignatureAlgorithm {
	case x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA,
		x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
		x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512:
	default:
		return bcperr.New(bcperr.AlgorithmRefused, "certificate %s is signed with %s, which is not in the profile",
			certName(cert), cert.SignatureAlgorithm)
	}
	if err := issuer.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
		return untrusted("certificate %s is not signed by %s: %w", certName(cert), certName(issuer), err)
	}
	return nil
}

// checkValidity judges the period of cert, which includes both its ends. Source: RFC 5280 §4.1.2.5.
func checkValidity(cert *x509.Certificate, at time.Time) error {
	switch {
	case at.Before(cert.NotBefore):
		return bcperr.New(bcperr.SignerNotYetValid, "certificate %s is valid from %s, judged at %s", certName(cert),
			stamp(cert.NotBefore), stamp(at))
	case at.After(cert.NotAfter):
		return bcperr.New(bcperr.SignerExpired, "certificate %s was valid until %s, judged at %s", certName(cert),
			stamp(cert.NotAfter), stamp(at))
	}
	return nil
}

// checkIssuer checks that cert may issue what stands below it on the path, signer first. Authorities that are
// self-issued count for no length and may have any name. Source: RFC 5280 §4.2.1.9, §6.1.3 (b), (c), §6.1.4 (l).
func (n names) checkIssuer(cert *x509.Certificate, below []*x509.Certificate) error {
	authorities := slices.DeleteFunc(slices.Clone(below[1:]), n.isSelfIssued)
	switch {
	case !cert.BasicConstraintsValid || !cert.IsCA:
		return untrusted("certificate %s is not of a certification authority, yet issued another", certName(cert))
	case cert.KeyUsage != 0 && cert.KeyUsage&x509.KeyUsageCertSign == 0:
		return untrusted("certificate %s may not sign certificates (keyUsage)", certName(cert))
	case cert.MaxPathLen >= 0 && len(authorities) > cert.MaxPathLen:
		return untrusted("certificate %s allows %d authorities below it, the path has %d", certName(cert),
			cert.MaxPathLen, len(authorities))
	}
	for _, c := range append(authorities, below[0]) {
		if err := checkNameConstraints(cert, c); err != nil {
			return err
		}
	}
	return nil
}

// understood lists the extensions that may be critical: those judged here or by crypto/x509's parser. Source: RFC 5280
// §4.2.
var understood = []asn1.ObjectIdentifier{
	{2, 5, 29, 15}, // keyUsage
	{2, 5, 29, 17}, // subjectAltName
	{2, 5, 29, 19}, // basicConstraints
	{2, 5, 29, 30}, // nameConstraints
	{2, 5, 29, 31}, // cRLDistributionPoints: which lists cover the certificate
	{2, 5, 29, 32}, // certificatePolicies
	{2, 5, 29, 33}, // policyMappings
	{2, 5, 29, 36}, // policyConstraints
	{2, 5, 29, 37}, // extKeyUsage: there is no purpose for catalogues; the pinned subject says who signs them
	{2, 5, 29, 54}, // inhibitAnyPolicy
}

// checkCritical refuses a critical extension that nobody here understands. Source: RFC 5280 §4.2.
func checkCritical(cert *x509.Certificate) error {
	for _, e := range cert.Extensions {
		if e.Critical && !slices.ContainsFunc(understood, e.Id.Equal) {
			return untrusted("certificate %s has a critical extension %s, which is not understood", certName(cert),
				e.Id)
		}
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
