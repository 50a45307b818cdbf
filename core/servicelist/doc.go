// Package servicelist reads a verified ServiceList into values, finds what is odd in it, and decides whether it may
// replace the list held.
//
// Parse applies both schema versions to the tree that the signature covers. What breaks the schema costs the list;
// what only one service or one cache gets wrong costs that service or cache (see Service.Quarantined and Cache.Off)
// and is told in ServiceList.Lint. Accept compares a list with the one held: environment, instant, content.
//
// It leaves out: whether a stylesheet compiles (cachekey judges that) and which endpoint to call (failover).
// The caller must still keep the octets that were accepted, with the moment of their acceptance: Read judges
// a stored list at that moment.
//
// # What costs the list and what does not
//
// The list is refused, schema-invalid, for any departure from the schemas but those below: unknown elements or
// attributes, text between elements, a missing Id, Name, Order or Status, an Order that is no integer, a Status
// outside the enumeration, an IssueInstant without a time zone, no Service, a Service without Endpoint. Attributes of
// foreign namespaces are not read (but xsi:type, xsi:nil and xml:id are refused). A comment or processing
// instruction inside a value is xml-forbidden: comments are not signed, so whoever serves the file could add one, and
// must not be able to quarantine a service with it.
//
// A service is quarantined for: an Order that is negative or above 2,147,483,647 (order-invalid), two endpoints with
// one Order (order-duplicate), an Endpoint that is not a plain URL (url-invalid), more than 64 endpoints
// (limit-exceeded), an Id that another service has (service-duplicate: both), an empty Id or one above 1,000 octets
// (service-id-invalid).
//
// A cache is off for: a Cache that breaks its schema, occurs twice, or names its stylesheet by anything but a plain URL
// (cache-invalid); an Expiry of another Type, a Duration that is none, a ttl without a positive one of at most 92 days
// (expiry-invalid); Inline="false" (key-not-signed).
//
// Only remarked: an Id with characters outside the usual ones (service-id-quirk), a Name with markup or with what does
// not print (service-name-quirk), a URL that two services share (url-shared: it finds neither), and what is lawful but
// will hurt: one URL twice in a service (url-duplicate), a port that browsers refuse to call (port-blocked), no ACTIVE
// endpoint (none-active) or more than one (several-active).
//
// Source: BCP XSD 1.0 and 2.0.
package servicelist
