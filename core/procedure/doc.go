// Package procedure says, for each care functionality, which services it needs, which way is in use now, and what
// the caregiver does when no electronic way is left.
//
// The functionalities, their electronic fallbacks and their last-resort guidance are data (guidance.json), in four
// languages, in our own short sentences. An application extends or replaces them with a file of the same form: see
// Load and Book.With.
//
// What it leaves out: it does not know patients. Whether a patient is regular, or was consulted less than 30 days
// ago, is for the application and the caregiver to judge.
//
// Source: eHealth-platform, page "Business continuity" (measures per functionality for general practitioners).
package procedure
