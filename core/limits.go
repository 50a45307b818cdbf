package core

import "github.com/ehealth-bcp/ehealth-bcp/core/failover/replay"

// Version is the version of the package; a test holds it to package.json.
const Version = "0.1.0"

// Bounds on what comes in, in bytes. More is input-too-large, before any work.
const (
	MaxCatalogueBytes  = 4 << 20   // 2,000 services are 0.6 MB; the genuine lists hold about 25
	MaxAnchorBytes     = 256 << 10 // 100 certificates of the usual 2 KB in PEM
	MaxCRLBytes        = 4 << 20   // an issuing CA's list of 100,000 revoked certificates
	MaxMessageBytes    = 16 << 20  // a hub's document with images
	MaxStylesheetBytes = 1 << 20
	MaxScriptBytes     = replay.MaxScriptBytes
)
