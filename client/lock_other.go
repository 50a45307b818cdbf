//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package client

import "sync"

// locks holds the locks of this process: here the system is not asked.
var locks = struct {
	sync.Mutex
	held map[string]bool
}{held: map[string]bool{}}

// tryLock takes the lock of that path, unless another goroutine of this process has it.
func tryLock(path string) (release func(), held bool, err error) {
	locks.Lock()
	defer locks.Unlock()
	if locks.held[path] {
		return nil, false, nil
	}
	locks.held[path] = true
	return func() {
		locks.Lock()
		defer locks.Unlock()
		delete(locks.held, path)
	}, true, nil
}
