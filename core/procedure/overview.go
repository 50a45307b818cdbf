package procedure

// Overall is the state of everything together, for one look.
type Overall string

// The values of Overall.
const (
	OverallUnknown    Overall = "unknown"    // nothing is watched
	OverallNormal     Overall = "normal"     // every watched functionality on its main way
	OverallContinuity Overall = "continuity" // at least one on another electronic way, none worse
	OverallDegraded   Overall = "degraded"   // at least one on answers kept from before, or with no electronic way left
)

// Item is one functionality with its guidance and its state.
type Item struct {
	Guidance
	State
}

// Overview is all functionalities, in the book's order.
type Overview struct {
	Overall Overall `json:"overall"`
	Items   []Item  `json:"items"`
}

// Overview returns the guidance and the state of every functionality. The language rule is Guidance's, the way is
// derived as in Status.
func (b Book) Overview(lang string, services []ServiceState) Overview {
	worst := WayUnwatched
	items := make([]Item, len(b.functionalities))
	for i, f := range b.functionalities {
		items[i] = Item{Guidance: b.guidance(f, lang), State: b.status(f, services)}
		worst = worse(worst, items[i].Way)
	}
	overall := OverallNormal
	switch worst {
	case WayUnwatched:
		overall = OverallUnknown
	case WayRecovery, WayFallback:
		overall = OverallContinuity
	case WayCache, WayLastResort:
		overall = OverallDegraded
	}
	return Overview{Overall: overall, Items: items}
}
