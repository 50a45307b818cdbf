// Package demo holds the pages of the demonstration: the first page (verify), the small EHR (app), the control page of
// the simulated platform (control), and what they share.
//
// They are plain files without a build step; they load the package as any page would, from /dist/ by an import map.
package demo

import "embed"

// Files are the pages, by their folders.
//
//go:embed index.html app verify control shared
var Files embed.FS
