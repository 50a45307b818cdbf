// Package core is the door to the product: one function per operation, with the stages wired behind it.
//
// Open verifies a signed catalogue (core/dsig), reads it (core/servicelist) and compiles its cache keys
// (core/cachekey); a Catalogue then chooses endpoints (core/failover), computes keys and reports states. Everything is
// pure: bytes, time and randomness come in, values go out, and the caller does the I/O that an action asks for.
//
// What the caller must still do: give trust anchors, keep the bytes of the last catalogue that was accepted and when
// that was, perform the actions and report their outcome.
//
// Source: eHealth-platform, Business Continuity Plan, XSD 1.0 and 2.0 of the ServiceList.
package core
