package vectors

import "github.com/ehealth-bcp/ehealth-bcp/core/procedure"

// guidance holds what a caregiver reads, in each language.
func guidance(k *kit) []scenario {
	const source = "docs/design.md#procedures"
	var all []*player
	now := judged.UnixMilli()
	for _, f := range procedure.Default().IDs() {
		p := k.play("guidance/"+f, source, "the texts of "+f+" in each language")
		for _, lang := range []string{"nl", "fr", "de", "en"} {
			p.do("procedure", fields{"functionality": f, "lang": lang, "nowMs": now},
				value(fields{"functionality": f, "lang": lang}))
		}
		all = append(all, p)
	}
	one := func(name, comment string, args fields, want Want, blobs ...any) *player {
		return k.play("guidance/"+name, source, comment).do("procedure", args, want, blobs...)
	}
	const own = `{"format":1,"functionalities":[{"id":"own","needs":[["urn:x"]],"title":{"en":"Our own"},` +
		`"texts":{"lastResort":{"en":["Call us."]}},"source":{"publisher":"us","title":"t","audience":"a"}}]}`
	all = append(all,
		one("unknown", "a functionality that is none", fields{"functionality": "frob", "lang": "nl", "nowMs": now},
			Want{Code: "functionality-unknown"}),
		one("by-region", "a language tag with a region",
			fields{"functionality": "login", "lang": "FR-be", "nowMs": now}, value(fields{"lang": "fr"})),
		one("kept", "beside an answer that is kept since 40 days", fields{"functionality": "insurability",
			"lang": "nl", "storedAtMs": now - 40*86400_000, "nowMs": now}, value(fields{"lang": "nl"})),
		one("broken", "texts of the application's own that cannot be read",
			fields{"functionality": "login", "lang": "nl", "nowMs": now}, Want{Code: "procedure-invalid"}, "{}"),
		one("own", "texts of the application's own",
			fields{"functionality": "own", "lang": "en", "nowMs": now}, value(fields{"title": "Our own"}), own),
	)
	overview := k.play("guidance/overview", "docs/design.md#panel", "all of it, with nothing known of any service")
	for _, audience := range []string{"general-practitioner", "pharmacist", "all"} {
		overview.do("procedures", fields{"lang": "de", "audience": audience, "nowMs": now},
			value(fields{"overall": "unknown"}))
	}
	return scenariosOf(append(all, overview))
}
