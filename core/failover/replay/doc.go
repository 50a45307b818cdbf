// Package replay plays scripts of calls, failures and publications on the machine of package failover.
//
// It is what `bcp plan` does, and how the machine is compared with recordings of the reference. The clock, the store
// and the network of a script are values; nothing is sent.
//
// Left out: what an answer means (package soap) and how a real call is performed (client/, js).
package replay
