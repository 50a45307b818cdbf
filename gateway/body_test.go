package gateway

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// A caller that is too slow and one that breaks off are told apart, and both give their memory back.
func TestBodiesThatDoNotCome(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then   func(net.Conn)
		code   bcperr.Code
		status int
	}{
		"too slow":   {func(net.Conn) {}, bcperr.Timeout, http.StatusRequestTimeout},
		"broken off": {func(c net.Conn) { _ = c.Close() }, bcperr.Incomplete, http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, read := newBodies(), make(chan error, 1)
			b.patience = 300 * time.Millisecond
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, release, err := b.read(w, r)
				release()
				read <- err
			}))
			t.Cleanup(server.Close)
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			require.NoError(t, err)
			t.Cleanup(func() { _ = conn.Close() })
			_, err = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<half")
			require.NoError(t, err)
			c.then(conn)
			err = <-read
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.status, statusOf(err))
			require.True(t, b.free.TryAcquire(bodyMemory), "memory was kept")
		})
	}
}
