// Package xmldoc turns octets into a tree, strictly, and writes the exclusive canonical form of that tree.
//
// Format: XML 1.0 fifth edition with Namespaces in XML 1.0 third edition, in UTF-8; what nobody signs (ParseEncoded)
// also in the other encodings that answers come in. The tree is the data model of XPath 1.0 §5; the canonical form is
// Exclusive XML Canonicalization 1.0 without comments. It is the only XML parser of the product: what dsig verified,
// servicelist, soap and xslt read from the same nodes.
//
// Left out on purpose: DOCTYPE and everything that needs one (entities beyond the five, default attributes, Id types),
// what XML 1.1 adds, validation. A caller must still check names, shape and values; comments and processing
// instructions are in the tree for callers whose policy refuses them.
//
// Source: XML 1.0 (fifth edition), Namespaces in XML 1.0 (third edition), XPath 1.0 §5, exc-c14n.
package xmldoc
