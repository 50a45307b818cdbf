package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// tryFiles finds out before a drill, which may take hours, that its report could not be written or signed after it.
func (l line) tryFiles() error {
	for _, name := range []string{l.json, l.html} {
		if name == "" {
			continue
		}
		probe, err := os.CreateTemp(filepath.Dir(name), ".bcp-drill-*")
		if err != nil {
			return fmt.Errorf("%s cannot be written: %w", name, errors.Unwrap(err))
		}
		_ = probe.Close()
		if err := os.Remove(probe.Name()); err != nil {
			return err
		}
	}
	if l.sign == "" {
		return nil
	}
	_, err := l.signature(nil)
	return err
}

// write writes the report in the forms that were asked for.
func (l line) write(r *Report) error {
	if l.json != "" {
		if err := l.writeSigned(r.JSON()); err != nil {
			return err
		}
	}
	if l.html == "" {
		return nil
	}
	page, err := r.HTML()
	if err != nil {
		return err
	}
	return os.WriteFile(l.html, page, 0o644)
}

// writeSigned writes the JSON with its signature, or without: one that lies there is of another report.
func (l line) writeSigned(report []byte) error {
	if err := os.WriteFile(l.json, report, 0o644); err != nil {
		return err
	}
	if l.sign == "" {
		if err := os.Remove(l.json + signatureSuffix); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	signature, err := l.signature(report)
	if err != nil {
		return err
	}
	return os.WriteFile(l.json+signatureSuffix, signature, 0o644)
}

func (l line) signature(report []byte) ([]byte, error) {
	key, err := os.ReadFile(l.sign)
	if err != nil {
		return nil, fmt.Errorf("the key: %w", err)
	}
	return SignReport(report, key)
}
