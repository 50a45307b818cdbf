package platform

import (
	"bytes"
	"encoding/json"

	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// Procedures returns the product's procedure data with the drill's own addresses in the place of MyCareNet's, so that
// "reached directly" is told from "at the recovery site" in a drill too.
func (p *Platform) Procedures() []byte {
	hosts, err := json.Marshal(p.Hosts(SiteMyCareNet))
	if err != nil {
		panic("internal error: host names do not encode: " + err.Error())
	}
	return bytes.ReplaceAll(procedure.DefaultData(), []byte(`[".mycarenet.be"]`), hosts)
}
