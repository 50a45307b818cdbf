package vectors

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"

	"github.com/ehealth-bcp/ehealth-bcp/core/contract"
)

// Runner runs vectors through one session: of this process, or of a module in a host.
type Runner struct {
	// Call performs one call of the contract. An error is the host's: the program ended.
	Call func(operation string, args []byte, blobs [][]byte) (reply string, err error)

	opened int // catalogues, in this session: their handles count up
}

// Native returns a runner of a session of this process.
func Native() *Runner {
	session := contract.NewSession()
	return &Runner{Call: func(operation string, args []byte, blobs [][]byte) (string, error) {
		return session.Call(operation, args, blobs), nil
	}}
}

// aHandle stands in arguments and in the reply of openCatalogue.
var aHandle = regexp.MustCompile(`"(handle|held)":([0-9]+)`)

// Run returns the replies to the calls of a vector, with handles as in a fresh session, and closes what it opened.
func (r *Runner) Run(c Case) (replies []string, err error) {
	before := r.opened
	for _, call := range c.Calls {
		reply, err := r.Call(call.Operation, renumbered(call.Args, before), call.Blobs)
		if err != nil {
			return nil, err
		}
		var opened struct{ Value struct{ Handle int } }
		if json.Unmarshal([]byte(reply), &opened) == nil && opened.Value.Handle > 0 {
			r.opened = opened.Value.Handle
			reply = string(renumbered([]byte(reply), -before))
		}
		replies = append(replies, reply)
	}
	for handle := before + 1; handle <= r.opened; handle++ {
		if _, err := r.Call("closeCatalogue", fmt.Appendf(nil, `{"handle":%d}`, handle), nil); err != nil {
			return nil, err
		}
	}
	return replies, nil
}

// renumbered is a text with that much added to each handle.
func renumbered(text []byte, by int) []byte {
	if by == 0 {
		return text
	}
	return aHandle.ReplaceAllFunc(text, func(found []byte) []byte {
		parts := aHandle.FindSubmatch(found)
		n, _ := strconv.Atoi(string(parts[2]))
		return fmt.Appendf(nil, `"%s":%d`, parts[1], n+by)
	})
}
