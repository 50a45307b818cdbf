package client

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// get fetches something small. Its errors name no address, which may hold a name and a password.
//
// Errors: network; input-too-large for more than maxBytes, as they are after decompression.
func (k *keeper) get(ctx context.Context, address string, maxBytes int, patience time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, bcperr.New(bcperr.Network, "the address of the catalogue cannot be used")
	}
	request.Header.Set("Cache-Control", "no-cache") // a proxy on the way must not answer for the source
	response, err := k.fetcher.Do(request)
	if err != nil {
		why := outcomeOf(ctx, err, failover.Unreachable)
		return nil, bcperr.New(bcperr.Network, "the source of the catalogue gave no answer: %s", why)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, bcperr.New(bcperr.Network, "the source of the catalogue answered with HTTP %d", response.StatusCode)
	}
	body, err := readBounded(response.Body, maxBytes)
	if err != nil && bcperr.CodeOf(err) != bcperr.InputTooLarge {
		return nil, bcperr.New(bcperr.Network, "the answer of the source was cut")
	}
	return body, err
}

// readBounded reads all of r. Errors: input-too-large past maxBytes; those of r.
func readBounded(r io.Reader, maxBytes int) ([]byte, error) {
	all, err := io.ReadAll(io.LimitReader(r, int64(maxBytes)+1))
	if err == nil && len(all) > maxBytes {
		return nil, bcperr.New(bcperr.InputTooLarge, "expected at most %d bytes", maxBytes)
	}
	return all, err
}
