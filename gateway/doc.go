// Package gateway is what a web application needs on its own origin: the copy of the signed catalogue, and a way to the
// endpoints that a browser cannot reach by itself, because the platform is not known to send CORS headers.
//
//	g, err := gateway.New(gateway.Options{
//		Client: client.Options{Environment: "Production", Catalogue: url, Anchors: [][]byte{issuingCA}},
//		Dir:    "/var/lib/bcp",
//	})
//	http.Handle("/bcp/", http.StripPrefix("/bcp", g))
//
// It stands on package client, which verifies, keeps and polls the catalogue. It forwards to nothing but endpoints of
// the list in force, and knows no users: it belongs behind the application's reverse proxy and its log-in.
//
// What it serves, and the headers of its answers: docs/operations.md. Each answer of its own is JSON in the form
// {"ok":false,"error":{"code","detail"}}. The header x-bcp-not-sent: 1 is the proof that nothing reached the endpoint;
// with x-bcp-code beside it the gateway refused by itself, for which no endpoint is to blame.
//
// What it leaves out: TLS and log-in (the reverse proxy's), redirects, WebSocket, answers from a cache (they are about
// patients, and it knows no users).
//
// Source: docs/design.md#gateway.
package gateway
