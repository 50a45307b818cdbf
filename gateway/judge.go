package gateway

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// judge tells the states of the house what an answer came to.
//
// What is 200 and of the kind that was asked for is looked into once a second for each endpoint: one good answer says
// as much as a hundred, and parsing each would cost half of what forwarding it does. An answer that is larger than its
// head proves that somebody speaks, but not who, and is left out.
func (f *forward) judge(method string, response *http.Response, head []byte, isWhole bool) {
	kind := response.Header.Get("Content-Type")
	looksUsual := response.StatusCode == http.StatusOK && (f.wanted != soap.Envelope || looksSOAP(kind))
	isDue := f.gateway.lanes.isDue(f.lane)
	if method == http.MethodHead || !isWhole || looksUsual && !isDue {
		f.counted(failover.Answered, response.StatusCode)
		return
	}
	if strings.EqualFold(response.Header.Get("Content-Encoding"), "gzip") {
		if head, isWhole = unpacked(head); !isWhole {
			f.counted(failover.Answered, response.StatusCode)
			return
		}
	}
	verdict := soap.Classify(f.wanted, soap.Answer{
		Status: response.StatusCode, ContentType: kind, ContentLength: -1, Body: head,
	})
	if soap.IsElsewhere(response.StatusCode) {
		verdict = soap.Verdict{Outcome: soap.Foreign}
	}
	f.observed(failover.Event{Kind: failover.SendEnded, Outcome: verdict.Outcome,
		Status: response.StatusCode, SwitchCode: verdict.SwitchCode, Silent: verdict.Silent})
}

// looksSOAP: is it a media type in which envelopes come?
func looksSOAP(contentType string) bool {
	kind := strings.ToLower(contentType)
	return strings.Contains(kind, "xml") || strings.Contains(kind, "multipart/related")
}

// maxUnpacked bounds what an answer that fits into its head may become: a genuine one is ten times shorter packed, a
// bomb a thousand times.
const maxUnpacked = 1 << 20

// unpacked is what was packed, or that itself where it is no gzip; false when it is more than maxUnpacked.
func unpacked(packed []byte) (body []byte, isWhole bool) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return packed, true
	}
	body, err = io.ReadAll(io.LimitReader(r, maxUnpacked+1))
	if err != nil {
		return packed, true
	}
	return body, len(body) <= maxUnpacked
}

// seen tells the states and the measurements how a send ended.
func (f *forward) seen(outcome failover.Outcome, status int) {
	f.observed(failover.Event{Kind: failover.SendEnded, Outcome: outcome, Status: status})
}

func (f *forward) observed(e failover.Event) {
	_ = f.gateway.client.Observe(f.to, e) // the list may have lost the service meanwhile
	f.counted(e.Outcome, e.Status)
}

// counted tells the measurements alone.
func (f *forward) counted(outcome failover.Outcome, status int) {
	f.gateway.metrics.sent(client.Attempt{
		Service: f.to.Service, Endpoint: f.to.URL, Order: f.to.Order, Outcome: outcome, Status: status,
		Took: time.Since(f.start),
	})
}
