package client

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// Client is an http.RoundTripper that protects calls. It may be used by any number of goroutines at once; make one
// for a process, and Close it.
type Client struct {
	options   Options
	transport http.RoundTripper
	own       *http.Transport // made here, so to be closed here
	book      procedure.Book
	journal   *journal
	keeper    *keeper
	states    *states
	answers   *Answers

	attemptMu sync.Mutex // one OnAttempt at a time

	ctx    context.Context // of what runs on its own, ended by Close
	stop   context.CancelFunc
	ending sync.WaitGroup
	kick   chan struct{} // the states changed

	mu      sync.Mutex
	closed  bool
	flight  *flight   // the refresh under way
	retryAt time.Time // without a catalogue, calls do not wait for another refresh before
}

var _ http.RoundTripper = (*Client)(nil)

// flight is a refresh under way, which all who ask for one share.
type flight struct {
	every   bool // source is asked, though one confirms what is held
	done    chan struct{}
	updated bool
	err     error
}

// New makes a client. It reads the Store; it does not wait for the network: Preload does.
//
// Errors: bad-call for options that cannot work, among them anchors that cannot be read and a policy out of bounds;
// input-too-large; procedure-invalid.
func New(o Options) (*Client, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	if err := checkAnchors(o); err != nil {
		return nil, err
	}
	book, err := loadBook(o.Procedures)
	if err != nil {
		return nil, err
	}
	c := &Client{
		options: o, book: book, transport: o.Transport, answers: o.Cache.In,
		states: &states{now: o.Now, all: map[string]failover.State{}, used: map[string]bool{}},
		kick:   make(chan struct{}, 1),
	}
	if c.answers == nil {
		c.answers = NewAnswers(0, 0)
	}
	if c.transport == nil {
		c.own = newTransport()
		c.transport = c.own
	}
	c.journal = &journal{log: o.Log, now: o.Now, onEvent: o.OnEvent}
	fetcher := &http.Client{Transport: c.transport}
	if o.CatalogueTransport != nil {
		fetcher.Transport = o.CatalogueTransport
	}
	c.keeper = &keeper{
		options: &c.options, journal: c.journal, fetcher: fetcher, isAway: c.isAway, checked: &dsig.Checked{},
		foretold: map[any]bool{},
	}
	c.keeper.start()
	c.keeper.foresee()
	c.loadStates()
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.ending.Go(c.live)
	return c, nil
}

// checkAnchors finds at once what would otherwise be told with the first catalogue. An empty document is refused for
// another reason than its anchors.
func checkAnchors(o Options) error {
	_, err := core.Open(nil, core.Judgement{Anchors: o.Anchors, CRLs: o.CRLs, SignerCN: o.SignerCN, At: o.Now()})
	if code := bcperr.CodeOf(err); code == bcperr.BadCall || code == bcperr.InputTooLarge {
		return err
	}
	return nil
}

// Close ends what runs on its own and stores what is known. Calls under way go on to their end; calls after it fail
// with closed.
//
// Errors: storage-unavailable when the states could not be stored.
func (c *Client) Close() error {
	c.mu.Lock()
	wasClosed := c.closed
	c.closed = true
	c.mu.Unlock()
	if wasClosed {
		return nil
	}
	c.stop()
	c.ending.Wait()
	if c.options.Cache.In == nil {
		c.answers.clear(nil)
	}
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
	return c.saveStates()
}

// The moments at which the loop does something.
const (
	saveEvery = time.Second // states are stored at most so often
	napMax    = time.Hour   // the clock may be moved meanwhile
)

// live polls the catalogue by the core's rule, and stores the states when they changed.
func (c *Client) live() {
	savedAt := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-c.kick:
			if since := time.Since(savedAt); since < saveEvery {
				timer.Reset(saveEvery - since)
				continue
			}
		case <-timer.C:
		}
		if err := c.saveStates(); err != nil {
			c.keeper.degraded(err)
		}
		savedAt = time.Now()
		if due := c.nextCheck(); !c.options.Manual && !due.After(c.options.Now()) {
			_, _ = c.refresh(c.ctx, false) // told as an event
		}
		timer.Reset(min(max(c.nextCheck().Sub(c.options.Now()), saveEvery), napMax))
	}
}

// nextCheck is when the sources are to be asked again.
func (c *Client) nextCheck() time.Time {
	var catalogue *core.Catalogue
	if held := c.keeper.held.Load(); held != nil {
		catalogue = held.Catalogue
	}
	now := c.options.Now()
	due, err := catalogue.AskAgain(c.keeper.asked(), c.states.copy(), c.options.Policy, c.options.Random, now)
	if err != nil {
		return now.Add(napMax) // unreachable: New checked the policy
	}
	return due
}

func (c *Client) isAway(catalogue *core.Catalogue) bool {
	away, err := catalogue.IsAway(c.states.copy(), c.options.Policy, c.options.Now())
	return err == nil && away
}

// Refresh asks every source, and the newest catalogue wins, or joins a Refresh that is under way. What the client asks
// on its own ends at the first source that has a newer one or confirms what is held; while a service is away from its
// main endpoint, a confirmation ends nothing.
//
// Shape: whether a newer one was taken. Errors: network when no source gave one; the code of the refusal of what
// came; aborted when ctx ended first, while the refresh goes on; closed. After an error the last good catalogue stays
// in force.
func (c *Client) Refresh(ctx context.Context) (updated bool, err error) {
	return c.refresh(ctx, true)
}

func (c *Client) refresh(ctx context.Context, every bool) (bool, error) {
	for {
		f, err := c.fly(every)
		if err != nil {
			return false, err
		}
		select {
		case <-f.done:
			if f.every || !every || f.updated || f.err != nil {
				return f.updated, f.err
			} // else the source that confirmed may be the one that stopped
		case <-ctx.Done():
			return false, bcperr.New(bcperr.Aborted, "the caller cancelled: %w", context.Cause(ctx))
		}
	}
}

// fly returns the refresh under way, and begins one where there is none.
func (c *Client) fly(every bool) (*flight, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errClosed()
	}
	if c.flight != nil {
		return c.flight, nil
	}
	f := &flight{every: every, done: make(chan struct{})}
	c.flight = f
	c.ending.Go(func() {
		defer close(f.done)
		f.updated, f.err = c.keeper.ask(c.ctx, every)
		c.keeper.foresee()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.flight = nil
	})
	return f, nil
}

// askedJustNow: does the answer to another call's question serve this one too?
func (c *Client) askedJustNow() bool {
	c.mu.Lock()
	isAsking := c.flight != nil // its answer is yet to come
	c.mu.Unlock()
	age := c.options.Now().Sub(c.keeper.asked().At)
	return !isAsking && age >= 0 && age < core.RefreshFor
}

func errClosed() error { return bcperr.New(bcperr.Closed, "the client is closed") }

// Preload returns when there is a catalogue: at once when one is held, else after asking the sources.
//
// Errors: why calls are not protected, as Refresh.
func (c *Client) Preload(ctx context.Context) error {
	if c.keeper.held.Load() != nil {
		return nil
	}
	if _, err := c.refresh(ctx, false); err != nil {
		return c.keeper.missing(err)
	}
	return nil
}

// Missing says why there is no list in force, for who saw that Held has none.
//
// Errors: the refusal of the last list that came; network when none came.
func (c *Client) Missing() error { return c.keeper.missing(nil) }

// List returns the list in force, and waits for the first one as a call does, core.ReadyTimeout at most.
//
// Errors: why there is none, as Missing; timeout when none came in that time; aborted when ctx ended first; closed.
func (c *Client) List(ctx context.Context) (List, error) {
	held, err := c.ready(ctx)
	if err != nil {
		return List{}, err
	}
	return *held, nil
}

func (c *Client) ready(ctx context.Context) (*List, error) {
	if c.isClosed() {
		return nil, errClosed()
	}
	if held := c.keeper.held.Load(); held != nil {
		return held, nil
	}
	if !c.mayWait() {
		return nil, c.keeper.missing(nil)
	}
	waiting, cancel := context.WithTimeout(ctx, core.ReadyTimeout)
	defer cancel()
	_, err := c.refresh(waiting, false)
	if held := c.keeper.held.Load(); held != nil {
		return held, nil
	}
	if ctx.Err() != nil {
		return nil, bcperr.New(bcperr.Aborted, "the caller cancelled the call: %w", context.Cause(ctx))
	}
	if bcperr.CodeOf(err) == bcperr.Aborted {
		return nil, bcperr.New(bcperr.Timeout, "no catalogue came within %s", core.ReadyTimeout)
	}
	return nil, c.keeper.missing(err)
}

// mayWait: is a refresh under way, or none tried a moment ago?
func (c *Client) mayWait() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.flight == nil && now.Before(c.retryAt) {
		return false
	}
	if c.flight == nil {
		c.retryAt = now.Add(core.RetryAfter)
	}
	return true
}

func (c *Client) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// now is the clock for calls: it does not run back by a little, so that what expired stays expired.
func (c *Client) now() time.Time { return c.answers.tick(c.options.Now()) }

func (c *Client) loadStates() {
	if c.options.Store == nil {
		return
	}
	records, err := c.options.Store.Load(statesRecord)
	if err != nil {
		c.keeper.degraded(err)
	}
	if len(records) > 0 {
		c.states.load(records[0])
	}
}

func (c *Client) saveStates() error {
	if c.options.Store == nil {
		return nil
	}
	return c.states.save(c.options.Store)
}

// changed wakes the loop: there is something to store, or the catalogue is due sooner.
func (c *Client) changed() {
	select {
	case c.kick <- struct{}{}:
	default:
	}
}
