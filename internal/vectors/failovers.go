package vectors

// What the vectors of calls say again and again. The addresses are those of drill.Sample.
const (
	business = "uddi:ehealth-fgov-be:business:"
	mainSite = "https://services.bcp.example"
	recovery = "https://services.bcp2.example"
	minuteMs = 60_000
)

// actions that are wanted.
func sent(endpoint string) fields {
	return fields{"action": fields{"do": "send", "endpoint": endpoint}}
}
func failed(code string) fields { return fields{"action": fields{"do": "fail", "code": code}} }
func answered(endpoint string) fields {
	return fields{"action": fields{"do": "answer", "source": "network", "endpoint": endpoint}}
}

// ended is an event: how a send ended.
func ended(outcome string) fields { return fields{"kind": "outcome", "outcome": outcome} }

// responded is an event: an answer whose body is the blob.
func responded(status int, media string) fields {
	return fields{"kind": "response", "status": status, "contentType": media}
}

var (
	twice = fields{"facts": fields{"repeat": "yes", "wants": "soap"}}
	once  = fields{"facts": fields{"repeat": "no", "wants": "soap"}}
)

// failovers holds calls of services, event by event.
func failovers(k *kit) []scenario {
	const kgss, path = business + "kgss:v1", "/Kgss/v1"
	play := func(name, comment string) *player {
		return k.play("failover/"+name, "docs/design.md#failover", comment).open("catalogues/v2-cache.xml")
	}
	failedOver := func(name, comment string) *player {
		return play(name, comment).
			begin(0, kgss, twice, sent(mainSite+path)).
			next(10, ended("unreachable"), sent(recovery+path)).
			next(20, ended("answered"), answered(recovery+path))
	}
	all := []*player{
		play("answered", "the main endpoint answers").
			begin(0, kgss, twice, sent(mainSite+path)).
			next(10, ended("answered"), answered(mainSite+path)),
		play("by-address", "an endpoint's address finds the service").
			begin(0, recovery+path, twice, fields{"service": kgss}).
			next(10, ended("answered"), answered(mainSite+path)),
		failedOver("sticks", "the choice stays for the next call").
			begin(30, kgss, twice, sent(recovery+path)),
		play("exhausted", "nothing answers").
			begin(0, kgss, twice, sent(mainSite+path)).
			next(10, ended("unreachable"), sent(recovery+path)).
			next(20, ended("timeout"), failed("endpoints-exhausted")),
		play("offline", "no connection at all blames no endpoint").
			begin(0, kgss, twice, sent(mainSite+path)).
			next(10, fields{"kind": "outcome", "outcome": "unreachable", "notSent": true, "blameless": true},
				sent(recovery+path)).
			next(20, ended("answered"), answered(recovery+path)).
			begin(30, kgss, twice, sent(mainSite+path)),
		failedOver("probe", "after the cool-down one call asks the main endpoint, and it is back").
			begin(6*minuteMs, kgss, twice, fields{"action": fields{
				"do": "send", "endpoint": mainSite + path, "probe": true}}).
			next(6*minuteMs+10, ended("answered"), answered(mainSite+path)).
			begin(6*minuteMs+20, kgss, twice, sent(mainSite+path)),
		failedOver("probe-fails", "the probe fails: the call goes on, and the cool-down is twice as long").
			begin(6*minuteMs, kgss, twice, sent(mainSite+path)).
			next(6*minuteMs+10, ended("timeout"), sent(recovery+path)).
			next(6*minuteMs+20, ended("answered"), answered(recovery+path)).
			begin(12*minuteMs, kgss, twice, sent(recovery+path)).
			next(12*minuteMs+10, ended("answered"), answered(recovery+path)).
			begin(17*minuteMs, kgss, twice, sent(mainSite+path)),
		failedOver("clock-back", "the clock goes back by a minute: nothing is forgotten").
			begin(-minuteMs, kgss, twice, sent(recovery+path)),
		failedOver("clock-far-back", "a state an hour ahead of the clock: the clock was moved, nobody knows its age").
			begin(-60*minuteMs, kgss, twice, sent(mainSite+path)),
		play("clock-1970", "the clock shows 1970: a call goes out all the same").
			begin(-judged.UnixMilli(), kgss, twice, sent(mainSite+path)).
			next(10-judged.UnixMilli(), ended("unreachable"), sent(recovery+path)),
		play("no-failback", "without failback the choice is never undone").
			begin(0, kgss, fields{"facts": twice["facts"], "policy": fields{"failback": false}},
				sent(mainSite+path)).
			next(10, ended("unreachable"), sent(recovery+path)).
			next(20, ended("answered"), answered(recovery+path)).
			begin(600*minuteMs, kgss, fields{"facts": twice["facts"], "policy": fields{"failback": false}},
				sent(recovery+path)),
		failedOver("newer-catalogue", "a newer list undoes the choice").
			do("openCatalogue", fields{"environment": "Production", "atMs": judged.UnixMilli(), "anchors": 1},
				value(fields{"handle": 2}), shared("catalogues/v2-recovery.xml"), shared("pki/root.pem")).
			begin(30, kgss, fields{"handle": 2, "facts": twice["facts"]}, sent(mainSite+path)),
		play("published", "only ACTIVE endpoints; when they fail the catalogue is asked again at once").
			begin(0, kgss, fields{"facts": twice["facts"], "policy": fields{"name": "published"}},
				sent(mainSite+path)).
			next(10, ended("timeout"), fields{"action": fields{"do": "refreshCatalogue"}}).
			next(20, fields{"kind": "catalogueUnchanged"}, failed("endpoints-exhausted")),
		play("deadline", "the time of the whole call is over").
			begin(0, kgss, twice, sent(mainSite+path)).
			next(60_000, fields{"kind": "deadline"}, failed("timeout")),
		play("cancelled", "the caller gives up: no endpoint is blamed").
			begin(0, kgss, twice, sent(mainSite+path)).
			next(10, fields{"kind": "cancelled"}, failed("aborted")).
			begin(20, kgss, twice, sent(mainSite+path)),
		play("over", "an event of a call that is over").
			do("next", fields{"handle": 1, "call": fields{"v": 1}, "event": ended("answered"),
				"nowMs": judged.UnixMilli()}, Want{Code: "bad-call"}),
		play("unknown", "a service that the list does not have").
			do("begin", fields{"handle": 1, "target": business + "none:v1", "nowMs": judged.UnixMilli(), "random": 7},
				Want{Code: "service-unknown"}),
	}
	return scenariosOf(append(all, acts(k)...))
}

// acts holds calls that must not run twice, and answers that prove something.
func acts(k *kit) []*player {
	const eattest, path = business + "mycareneteattest:v2", "/MyCareNet/eAttest/v2"
	const partner = "https://prod.mcn.example:9443/ehealth/bcp/eattest/v2"
	fault := func(code string) string {
		return envelope(soap11, `<s:Fault><faultcode>s:Server</faultcode>`+
			`<faultstring>f</faultstring><detail><e:E xmlns:e="urn:e"><Code>`+code+`</Code></e:E></detail></s:Fault>`)
	}
	const page = "<!DOCTYPE html>\n<html><body>maintenance</body></html>"
	play := func(name, source, comment string) *player {
		return k.play("failover/"+name, "docs/design.md#"+source, comment).open("catalogues/v2.xml")
	}
	return []*player{
		play("act-lost", "outcomes", "an act of which nobody knows whether it arrived is not sent again").
			begin(0, eattest, once, sent(mainSite+path)).
			next(10, ended("unreachable"), failed("not-repeatable")),
		play("act-by-nature", "outcomes", "the service's nature says that it is an act").
			begin(0, eattest, fields{}, sent(mainSite+path)).
			next(10, ended("timeout"), failed("not-repeatable")),
		play("act-not-sent", "not-sent", "an act that was never sent goes to the next endpoint").
			begin(0, eattest, once, sent(mainSite+path)).
			next(10, fields{"kind": "outcome", "outcome": "unreachable", "notSent": true}, sent(partner)).
			next(20, ended("answered"), answered(partner)),
		play("act-switched", "outcomes", "a switch fault proves that the act was not processed").
			begin(0, eattest, once, sent(mainSite+path)).
			next(10, responded(500, xmlType), sent(partner), fault("SOA-02001")).
			next(20, responded(200, xmlType), answered(partner), envelope(
				"http://schemas.xmlsoap.org/soap/envelope/", `<a xmlns="urn:a">1</a>`)),
		play("act-503", "outcomes", "a 503 with a page proves nothing").
			begin(0, eattest, once, sent(mainSite+path)).
			next(10, responded(503, htmlType), failed("not-repeatable"), page),
		play("foreign", "what-an-answer-is", "a page is no answer: the next endpoint").
			begin(0, eattest, twice, sent(mainSite+path)).
			next(10, responded(404, htmlType), sent(partner), page).
			next(20, responded(200, htmlType), failed("endpoints-exhausted"), page),
		play("fault-handed-on", "faults-are-handed-on", "nothing is left and one gave a fault: the caller gets it").
			begin(0, eattest, twice, sent(mainSite+path)).
			next(10, responded(500, xmlType), sent(partner), fault("SOA-02001")).
			next(20, ended("unreachable"), fields{"action": fields{"do": "answer", "endpoint": mainSite + path,
				"exhausted": true, "code": "endpoints-exhausted"}}),
		play("refused", "faults-are-handed-on", "not authenticated: every endpoint is asked, none is blamed").
			begin(0, eattest, twice, sent(mainSite+path)).
			next(10, responded(500, xmlType), sent(partner), fault("SOA-01001")).
			next(20, responded(500, xmlType), fields{"action": fields{"do": "answer", "exhausted": true}},
				fault("SOA-01001")).
			begin(30, eattest, twice, sent(mainSite+path)),
		play("business-fault", "what-an-answer-is", "a business fault is the service's answer").
			begin(0, eattest, once, sent(mainSite+path)).
			next(10, responded(500, xmlType), answered(mainSite+path), fault("BUSINESS-1")),
		play("incomplete", "outcomes", "a body that is cut").
			begin(0, eattest, twice, sent(mainSite+path)).
			next(10, responded(200, xmlType), sent(partner), `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/`),
	}
}

func scenariosOf(players []*player) []scenario {
	var all []scenario
	for _, p := range players {
		all = append(all, p.s)
	}
	return all
}
