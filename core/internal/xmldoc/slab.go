package xmldoc

import "cmp"

// Sequence numbers the nodes of several trees that one evaluation compares: nodes of any two trees of the same
// Sequence have one document order. The zero value is ready.
type Sequence struct{ last int32 }

// SequenceAfter returns a Sequence whose trees follow doc in document order.
func SequenceAfter(doc *Node) *Sequence {
	last := doc
	for last.LastChild != nil {
		last = last.LastChild
	}
	for a := last.FirstAttr; a != nil; a = a.Next {
		last = a
	}
	return &Sequence{last.order}
}

func (s *Sequence) draw() int32 {
	s.last++
	return s.last
}

// slab hands out nodes from blocks, so that a tree costs few allocations.
type slab struct {
	block []Node
	made  int
	first int // nodes of the first block; 0 is firstBlock
}

const (
	firstBlock = 64   // of a document
	smallTree  = 4    // of a result tree fragment: most are a text
	maxBlock   = 1024 // 88 KiB: what a small tree may waste stays small
)

func (s *slab) take() *Node {
	if len(s.block) == 0 {
		s.block = make([]Node, min(max(s.made, cmp.Or(s.first, firstBlock)), maxBlock))
	}
	n := &s.block[0]
	s.block = s.block[1:]
	s.made++
	return n
}
