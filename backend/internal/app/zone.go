package app

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// zoneName is the IANA name of the site's time zone: the configured one, else this machine's; "" when it does not tell.
// Browsers need the name: time.Local knows its rules, and calls itself Local.
func zoneName(configured string) string {
	for _, name := range []string{configured, os.Getenv("TZ")} {
		if name = strings.TrimPrefix(name, ":"); name == "" {
			continue
		}
		if _, err := time.LoadLocation(name); err == nil && !filepath.IsAbs(name) {
			return name
		}
	}
	at, err := filepath.EvalSymlinks("/etc/localtime")
	if os.IsNotExist(err) {
		return "UTC"
	}
	if _, name, ok := strings.Cut(at, "/zoneinfo/"); ok {
		return name
	}
	return ""
}
