// Package xmldoc turns bytes into a tree, strictly, and a tree into canonical octets.
//
// It reads XML 1.0 with Namespaces in XML 1.0, UTF-8 only, without DOCTYPE, under limits that the caller gives;
// it is the only parser of the product. The tree is the XPath 1.0 data model: document, element, attribute,
// namespace, text, comment and processing-instruction nodes in document order. Canonicalize writes Exclusive
// XML Canonicalization 1.0 without comments.
//
// It leaves out: validation, entities beyond the five predefined ones, XML 1.1, other encodings.
//
// Source: XML 1.0 (5th edition), Namespaces in XML 1.0 (3rd edition), Exclusive XML Canonicalization 1.0.
package xmldoc
