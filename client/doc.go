// Package client protects the calls of a Go server: an http.RoundTripper that sends each request to the endpoint that
// the signed catalogue and the state of the service say, fails over, comes back, and serves kept answers.
//
//	c, err := client.New(client.Options{Environment: "Production", Catalogue: url, Anchors: [][]byte{issuingCA}})
//	response, err := (&http.Client{Transport: c}).Do(request)
//
// It performs what the core decides (core, core/failover) and decides nothing itself: which endpoint is next, whether a
// request may go to another one, when the catalogue is asked for again, what may be kept. Here are the clock, the
// network, the disk and the goroutines: one that polls the catalogue and keeps the states until Close, and one for each
// refresh under way.
//
// A request for a URL that the catalogue does not know goes out as it is, and so does every request while there is no
// catalogue: the event is "unprotected". Answers of services are read whole before they are handed on, because only a
// whole answer can be judged.
//
// # What a gateway uses
//
//   - Held: the list in force with its octets, their SHA-256, when it was accepted and when a source last confirmed it;
//     Options.OnAccepted is called for each list, also for the one found in the Store at the start, so that a history
//     can be kept.
//   - Endpoint and SendTo: one send to one endpoint of that list, chosen by somebody else, with the proof that nothing
//     was sent (SendError.NotSent). Observe tells the states what came of it.
//   - States and Merge: what this process saw, to be given to others, and what others saw.
//   - RoundTrip itself for the calls that the gateway fails over.
//   - Options.OnAttempt (each send with its outcome and how long it took) and Options.OnEvent for measurements; their
//     strings are codes, Ids and URLs of the catalogue, never a text from outside.
//   - Dir.Lock and WriteFile for the files that it publishes beside the Store.
//
// What it leaves out: answers on disk (they are about patients, and a server has no log-in whose end takes the key
// away), CORS, redirects (http.Client follows them), and retries beyond those that the core decides.
package client
