package vectors

import (
	"strings"
	"time"
)

// tidings holds what a host asks the core beside its calls: about the catalogue, tokens and states.
func tidings(k *kit) []scenario {
	return scenariosOf(append(append(merges(k), sequences(k)...), questions(k)...))
}

// merges holds states of one service, as several tabs or computers have them.
func merges(k *kit) []*player {
	now := judged.UnixMilli()
	const issuedMs = int64(1779265209583) // of drill.Sample
	const kgss, main, other = business + "kgss:v1", mainSite + "/Kgss/v1", recovery + "/Kgss/v1"
	// away: failed over at that moment; back: the main endpoint answered a probe at that moment.
	away := fields{"v": 1, "nowMs": now - 60_000, "catalogueMs": issuedMs, "chosen": []int64{1, now - 60_000},
		"down": [][]int64{{0, 1, now - 60_000, now + 240_000, 0}}}
	back := fields{"v": 1, "nowMs": now - 30_000, "catalogueMs": issuedMs, "chosen": []int64{0, now - 30_000},
		"down": [][]int64{{0, 0, now - 30_000, 0, 0}}, "seen": [][]int64{{0, now - 30_000, 0}}}
	ahead := fields{"v": 1, "nowMs": now + 10*minuteMs, "catalogueMs": issuedMs,
		"chosen": []int64{1, now + 10*minuteMs}}
	play := func(name, comment string, want fields, states ...fields) *player {
		return k.play("merge/"+name, "docs/design.md#tabs", comment).
			do("merge", fields{"states": append([]fields{}, states...), "nowMs": now}, value(fields{"state": want}))
	}
	chosen := func(s fields) fields { return fields{"chosen": s["chosen"]} }
	return []*player{
		play("none", "no states", fields{"v": 1}),
		play("one", "one state", chosen(away), away),
		play("later-wins", "the later choice wins", chosen(back), away, back),
		play("in-any-order", "in whatever order they come", chosen(back), back, away),
		play("twice", "a state that comes twice counts once", chosen(away), away, away, away),
		play("ahead", "a state that is ahead of the clock cannot have been seen", chosen(away), away, ahead),
		play("other-version", "a state of another version is none", chosen(away), away, fields{"v": 99, "x": 1}),
		k.play("merge/no-state", "docs/design.md#tabs", "what is no state is told").do("merge",
			fields{"states": []fields{{"v": 1, "frob": 1}}, "nowMs": now}, Want{Code: "bad-call"}),
		k.play("merge/used", "docs/design.md#tabs", "a merged state is what a call begins with").
			open("catalogues/v2.xml").
			do("merge", fields{"states": []fields{away}, "nowMs": now}, value(fields{})).
			begin(0, kgss, twice, sent(other)).
			do("merge", fields{"states": []fields{away, back}, "nowMs": now}, value(fields{})).
			begin(0, kgss, twice, sent(main)),
		k.play("merge/status", "docs/design.md#panel", "what is known of each service").
			open("catalogues/v2.xml").
			do("status", fields{"handle": 1, "states": fields{kgss: away}, "nowMs": now}, value(fields{})).
			do("procedures", fields{"handle": 1, "states": fields{kgss: away}, "lang": "nl", "nowMs": now},
				value(fields{})),
	}
}

// sequences holds catalogues that come one after the other.
func sequences(k *kit) []*player {
	args := func(more fields) fields {
		all := fields{"environment": "Production", "atMs": judged.UnixMilli(), "anchors": 1}
		for name, member := range more {
			all[name] = member
		}
		return all
	}
	const older, newer, root = shared("catalogues/v2.xml"), shared("catalogues/v2-recovery.xml"), shared("pki/root.pem")
	play := func(name, comment string) *player {
		return k.play("sequence/"+name, "docs/design.md#accept", comment)
	}
	missing := func(member string) *player {
		all := args(nil)
		delete(all, member)
		return play("without-"+strings.ToLower(member), "a check is never off because "+member+" was left out").
			do("openCatalogue", all, Want{Code: "bad-call"}, older, root)
	}
	return []*player{
		play("update", "a newer list takes the place of the one held").
			do("openCatalogue", args(nil), value(fields{"handle": 1}), older, root).
			do("openCatalogue", args(fields{"held": 1}), value(fields{"handle": 2}), newer, root).
			do("closeCatalogue", fields{"handle": 1}, value(fields{})).
			do("find", fields{"handle": 2, "target": mainSite + "/Kgss/v1"},
				value(fields{"service": business + "kgss:v1"})),
		play("rollback", "an older list is refused, the one held stays").
			do("openCatalogue", args(nil), value(fields{"handle": 1}), newer, root).
			do("openCatalogue", args(fields{"held": 1}), Want{Code: "catalogue-rollback"}, older, root).
			do("services", fields{"handle": 1}, value(fields{})),
		play("after-a-restart", "the octets held are verified again, at the moment when they were accepted").
			do("openCatalogue", args(fields{"heldAtMs": judged.UnixMilli() - 3600_000}),
				Want{Code: "catalogue-rollback"}, older, root, newer).
			do("openCatalogue", args(fields{"heldAtMs": judged.UnixMilli() - 3600_000}),
				value(fields{"handle": 1}), newer, root, older),
		play("other-environment", "a list of another environment is refused beside the one held").
			do("openCatalogue", args(nil), value(fields{"handle": 1}), older, root).
			do("openCatalogue", args(fields{"held": 1}), Want{Code: "environment-mismatch"},
				shared("catalogues/v1-acceptation.xml"), root),
		play("foreign-anchor", "nobody whom the application trusts signed it").
			do("openCatalogue", args(nil), Want{Code: "signer-untrusted"}, older, shared("pki/foreign-root.pem")),
		play("clock-1970", "a clock that shows 1970 is told by the certificate").
			do("openCatalogue", args(fields{"atMs": 0}), Want{Code: "signer-not-yet-valid"}, older, root),
		play("no-anchors", "without anchors nothing is trusted").
			do("openCatalogue", args(fields{"anchors": 0}), Want{Code: "bad-call"}, older),
		missing("environment"), missing("atMs"), missing("anchors"),
		play("any-environment", "a caller that says so takes the list of any environment").
			do("openCatalogue", args(fields{"environment": ""}), value(fields{"environment": "Acceptation"}),
				shared("catalogues/v1-acceptation.xml"), root),
		play("at-issue", "a list whose moment of acceptance is unknown is judged at its IssueInstant").
			do("openCatalogue", fields{"environment": "Production", "atIssue": true, "anchors": 1},
				value(fields{"handle": 1}), older, root),
		play("two-moments", "a list is judged at one moment").
			do("openCatalogue", args(fields{"atIssue": true}), Want{Code: "bad-call"}, older, root),
	}
}

// questions holds the other operations.
func questions(k *kit) []*player {
	now := judged.UnixMilli()
	token := func(end string) string {
		return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion"><saml:Conditions NotOnOrAfter="` +
			end + `"/></saml:Assertion>`
	}
	one := func(name, anchor, comment, operation string, args fields, want Want, blobs ...any) *player {
		return k.play("ask/"+name, "docs/design.md#"+anchor, comment).do(operation, args, want, blobs...)
	}
	hour := judged.Add(time.Hour).Format(time.RFC3339)
	return []*player{
		one("contract", "boundary", "the number of the contract and its limits", "contract", fields{},
			value(fields{"contract": 1})),
		one("unknown-operation", "boundary", "an operation that is none", "frob", fields{}, Want{Code: "bad-call"}),
		one("unknown-member", "boundary", "an argument that is none", "contract", fields{"x": 1},
			Want{Code: "bad-call"}),
		one("too-few-blobs", "boundary", "a blob that is missing", "openCatalogue", fields{"atMs": now, "anchors": 1},
			Want{Code: "bad-call"}),
		one("hint", "hint", "a hint that is the digest of what is held", "hintConfirms", fields{},
			value(fields{"confirms": true}), shared("catalogues/v2.sha2"), shared("catalogues/v2.xml")),
		one("hint-other", "hint", "a hint that is another's", "hintConfirms", fields{},
			value(fields{"confirms": false}), shared("catalogues/v1.sha2"), shared("catalogues/v2.xml")),
		one("hint-large", "hint", "a hint without end", "hintConfirms", fields{}, Want{Code: "input-too-large"},
			strings.Repeat("0", 1<<16), shared("catalogues/v2.xml")),
		one("first", "asking", "nothing was asked yet: at once", "askAgain", fields{"nowMs": now, "random": 7},
			value(fields{"atMs": now})),
		one("without", "asking", "without a list, half a minute after the last question", "askAgain",
			fields{"nowMs": now, "random": 7, "askedAtMs": now}, value(fields{"atMs": now + 30_000})),
		k.play("ask/stale", "docs/design.md#accept", "a list that nobody confirmed for more than a day").
			open("catalogues/v2.xml").
			do("askAgain", fields{"handle": 1, "nowMs": now, "random": 7, "askedAtMs": now - 60_000,
				"confirmedAtMs": now - 25*3600_000}, value(fields{"stale": true})),
		one("token", "token", "renewed in the middle of what is left", "tokenRenewal", fields{"nowMs": now},
			value(fields{"renewAtMs": now + 1800_000, "endsMs": now + 3600_000, "ended": false}), token(hour)),
		one("token-ended", "token", "a token that has ended", "tokenRenewal", fields{"nowMs": now + 7200_000},
			value(fields{"ended": true}), token(hour)),
		one("token-none", "token", "no token", "tokenRenewal", fields{"nowMs": now}, Want{Code: "token-invalid"},
			"<a/>"),
		one("switch", "reference-behaviour", "a switch fault", "isSwitch", fields{},
			value(fields{"switch": true, "code": "SOA-02002"}), envelope(soap11, `<s:Fault><faultcode>s:Server`+
				`</faultcode><detail><e><Code>SOA-02002</Code></e></detail></s:Fault>`)),
		one("no-switch", "reference-behaviour", "another fault", "isSwitch", fields{},
			value(fields{"switch": false}), envelope(soap11, `<s:Fault><faultcode>s:Server</faultcode></s:Fault>`)),
		one("plan", "command", "a script of calls, as the command plays it", "plan",
			fields{"policyName": "connector", "failback": true}, value(fields{}),
			`{"endpoints":["https://a.example/","https://b.example/"],"active":0,"steps":[`+
				`{"call":"https://a.example/","down":{"https://a.example/":"conn"}},{"call":"https://a.example/"}]}`),
		one("command", "command", "a command line", "command", fields{"args": []string{"version"}, "nowMs": now},
			value(fields{})),
	}
}
