package core

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover/replay"
)

// Bounds on what comes in, in bytes. More is input-too-large, before any work; but a CRL that has more is passed over.
const (
	MaxCatalogueBytes  = 4 << 20   // 2,000 services are 0.6 MB; the genuine lists hold about 25
	MaxAnchorBytes     = 256 << 10 // 100 certificates of the usual 2 KB in PEM
	MaxCRLBytes        = dsig.MaxCRLBytes
	MaxHintBytes       = 4 << 10  // a hash in hexadecimal is 64
	MaxMessageBytes    = 16 << 20 // a request, for its cache key: a hub's document with images
	MaxAnswerBytes     = 32 << 20 // an answer is held in memory whole; the largest documents of a hub are 10 MiB
	MaxStylesheetBytes = 1 << 20
	MaxScriptBytes     = replay.MaxScriptBytes
)
