// Package drill makes signed catalogues for tests, the demo and drills: a test PKI, a List, Sign.
//
// What it writes has the exact form of the platform's own files, white space included: ServiceList of the BCP
// schemas 1.0 and 2.0, enveloped XMLDSig 1.1 as Apache Santuario writes it, XAdES-BES 1.3.2. Trees come from
// beevik/etree and canonical octets from russellhaering/goxmldsig, never from the packages under test, so a
// catalogue that our verifier accepts was made by other code.
//
// Everything is deterministic: fixed keys, serials and dates, PKCS#1 v1.5 or RFC 6979 signatures, Ids derived
// from the content. The keys are public (see keys/README.md): nothing signed here may be trusted by an
// application that talks to the real platform.
//
// Left out: reading catalogues, verification, and everything about publishing a file.
package drill
