package procedure

import (
	"cmp"
	"slices"
)

// Overall is the state of everything together, for one look.
type Overall string

// The values of Overall.
const (
	OverallUnknown    Overall = "unknown"    // nothing is watched
	OverallUnused     Overall = "unused"     // nothing was called yet, so nothing was seen
	OverallNormal     Overall = "normal"     // what was called answered on its main way, and nothing is worse
	OverallContinuity Overall = "continuity" // at least one on another electronic way or on kept answers, none worse
	OverallDegraded   Overall = "degraded"   // at least one of which nobody saw that it works
)

// Item is one functionality with its guidance and its state.
type Item struct {
	Guidance
	State
}

// Overview is the functionalities that were chosen: those that need attention first, the heaviest at the top, then the
// others. Of equal weight: those that a reader needs first, then the others in the book's order.
type Overview struct {
	Overall Overall `json:"overall"`
	Items   []Item  `json:"items"`
}

// Overview returns the guidance and the state of every functionality that the filter chooses, and what they amount to.
// The language rule is Guidance's, the way is derived as in Status.
func (b Book) Overview(lang string, services []ServiceState, filter Filter) Overview {
	chosen := filter.chooses(b)
	var inOrder []*Item // pointers: code of its own that sorts large structs is large in WebAssembly
	for _, f := range b.functionalities {
		if chosen(f) {
			inOrder = append(inOrder, &Item{Guidance: b.guidance(f, lang), State: b.status(f, services)})
		}
	}
	calm := weightOf(WayNormal)
	slices.SortStableFunc(inOrder, func(a, b *Item) int {
		if heavier := max(b.weight(), calm) - max(a.weight(), calm); heavier != 0 {
			return heavier
		}
		return cmp.Compare(uint(a.First-1), uint(b.First-1)) // 0, which is none, behind all
	})
	items := []Item{} // [] and not null
	for _, item := range inOrder {
		items = append(items, *item)
	}
	return Overview{Overall: overallOf(items), Items: items}
}

// overallOf takes items with the heaviest first.
func overallOf(items []Item) Overall {
	if len(items) == 0 {
		return OverallUnknown
	}
	switch heaviest := items[0].weight(); {
	case heaviest >= weightOf(WayUnconfirmed):
		return OverallDegraded
	case heaviest >= weightOf(WayRecovery):
		return OverallContinuity
	}
	watched := false
	for _, item := range items {
		if item.AnsweredAtMs > 0 {
			return OverallNormal
		}
		watched = watched || item.Way == WayNormal
	}
	if watched {
		return OverallUnused
	}
	return OverallUnknown
}
