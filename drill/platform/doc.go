// Package platform simulates the eHealth-platform on one machine: it publishes signed catalogues, answers as the
// services do, and fails on command.
//
// Each endpoint of the catalogue has a listener of its own on the loopback interface, so that a refused connection is
// a real one. Commands are lines of text (see Platform.Do), the same from Go, from a scenario file and over HTTP.
//
// It is for drills: the patients do not exist, the answers only look like the services' own, and the catalogue is
// signed with public keys.
//
// Source: docs/design.md#domain; the services, Ids and paths are those of the genuine production catalogue.
package platform
