// Package xpath compiles and evaluates XPath 1.0 expressions and XSLT 1.0 patterns over xmldoc trees.
//
// Numbers print as Java prints them, without exponent, because the cache keys of servers come from there. Every
// evaluation runs under a Budget. Functions beyond the core library come from the caller (xslt uses this for
// key(), current(), format-number() and the EXSLT functions it allows); nothing here does any I/O.
//
// Source: XPath 1.0; XSLT 1.0 §5.2 (patterns).
package xpath
