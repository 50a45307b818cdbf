//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package client

import (
	"os"
	"syscall"
)

// tryLock takes the lock file at path, unless another has it. The system releases it when the process dies.
func tryLock(path string) (release func(), held bool, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == syscall.EWOULDBLOCK || err == syscall.EINTR {
		return nil, false, file.Close()
	}
	if err != nil {
		_ = file.Close()
		return nil, false, err
	}
	// Where the folder was deleted and made anew meanwhile, this is the lock of nothing.
	if mine, err := file.Stat(); err == nil {
		if there, err := os.Stat(path); err != nil || !os.SameFile(mine, there) {
			return nil, false, file.Close()
		}
	}
	return func() { _ = file.Close() }, true, nil
}
