package xslt

import (
	"slices"
	"unicode/utf16"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// hashtable is a map of strings that is read in the order of Java's Hashtable: that is the order in which the JDK
// declares the namespaces of a literal result element.
//
// Source: java.util.Hashtable: 11 buckets, doubled plus one when three quarters full, read from the last bucket down,
// the latest entry of a bucket first. Measured on JDK 17.
type hashtable struct {
	buckets [][]attribute
	count   int
}

func javaHash(s string) int32 {
	h := int32(0)
	for _, r := range s {
		if r > 0xFFFF {
			high, low := utf16.EncodeRune(r)
			h = (h*31+int32(high))*31 + int32(low)
			continue
		}
		h = h*31 + int32(r)
	}
	return h
}

func (t *hashtable) bucket(key string) int { return int(javaHash(key)&0x7FFFFFFF) % len(t.buckets) }

func (t *hashtable) get(key string) (string, bool) {
	if t.buckets == nil {
		return "", false
	}
	for _, e := range t.buckets[t.bucket(key)] {
		if e.name == key {
			return e.value, true
		}
	}
	return "", false
}

func (t *hashtable) put(key, value string) {
	if t.buckets == nil {
		t.buckets = make([][]attribute, 11)
	}
	for i, e := range t.buckets[t.bucket(key)] {
		if e.name == key {
			t.buckets[t.bucket(key)][i].value = value
			return
		}
	}
	if t.count >= len(t.buckets)*3/4 {
		entries := t.entries()
		t.buckets = make([][]attribute, 2*len(t.buckets)+1)
		for _, e := range entries {
			t.insert(e)
		}
	}
	t.insert(attribute{key, value})
	t.count++
}

func (t *hashtable) insert(e attribute) {
	i := t.bucket(e.name)
	t.buckets[i] = append([]attribute{e}, t.buckets[i]...)
}

// entries returns all entries in the table's order.
func (t *hashtable) entries() (all []attribute) {
	for i := len(t.buckets) - 1; i >= 0; i-- {
		all = append(all, t.buckets[i]...)
	}
	return all
}

// declarations returns the namespace declarations of an element of a stylesheet in the order of Java's HashMap, in
// which the JDK keeps them: 16 buckets, doubled when more than three quarters full, read from the first bucket up.
func (c *compiler) declarations(el *xmldoc.Node) (decls []*xmldoc.Node) {
	if el.FirstDecl == nil {
		return nil
	}
	for d := el.FirstDecl; d != nil; d = d.Next {
		decls = append(decls, d)
	}
	c.fault.spend(2 * len(decls))
	buckets := 16
	for len(decls) > buckets*3/4 {
		buckets *= 2
	}
	bucket := func(d *xmldoc.Node) int {
		h := uint32(javaHash(d.Name.Local))
		return int(h^h>>16) & (buckets - 1)
	}
	slices.SortStableFunc(decls, func(a, b *xmldoc.Node) int { return bucket(a) - bucket(b) })
	return decls
}
