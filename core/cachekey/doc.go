// Package cachekey tells under which key an answer may be cached, and until when.
//
// The key is what the stylesheet of the service's Cache makes of the payload of the request: the octets that the
// platform's Java connector computes for the same request, whatever prefixes the sender used. A Rule is the Cache of
// one service, ready for use, or the reason why that cache is off; either way the list stays good.
//
// A request of 1 MiB has a key when the work of the stylesheet grows with the request. One that holds each node against
// all before it comes to the limit (limit-exceeded) at 700 nodes.
//
// The caller must still: keep the cache off until the application turns it on (the answers are patient data), cap the
// age of answers whose Expiry is none, and use a clock that never runs back.
//
// A server on Windows writes its keys with CRLF where these have LF.
//
// Source: BCP XSD 2.0, CacheType; technical connector 4.0.2 (stylesheet over the first child element of the Body).
package cachekey
