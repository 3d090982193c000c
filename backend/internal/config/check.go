package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Check names every key whose value is wrong.
func (c Config) Check() error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: "+format, append([]any{key}, args...)...))
	}
	oneOf := func(key, value string, allowed ...string) {
		if slices.Contains(allowed, value) {
			return
		}
		bad(key, "%q is not one of %s", value, strings.Join(allowed, ", "))
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil {
		bad("listen", "%q is not HOST:PORT, for example 127.0.0.1:8080 or :8080", c.Listen)
	} else if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		bad("listen", "%q is no port: use 0 to 65535", port)
	}
	if c.BaseURL != "" {
		if !isAddress(c.BaseURL) {
			bad("base_url", "%q is no address, for example https://hypha.example.org", c.BaseURL)
		}
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		bad("tls", "cert and key are needed together")
	} else if c.TLS.Cert != "" {
		if _, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key); err != nil {
			bad("tls", "certificate and key cannot be used: %v", err)
		}
	}
	oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf("log.format", c.Log.Format, "text", "json")
	oneOf("history.engine", c.History.Engine, "embedded", "prometheus")
	if c.History.SyncIntervalS < 0.1 || c.History.SyncIntervalS > 3600 || math.IsNaN(c.History.SyncIntervalS) {
		bad("history.sync_interval_s", "must be 0.1 to 3600")
	}
	if v := c.History.KeepFreeMB; v != nil && !(*v >= 0 && *v <= 1e9) {
		bad("history.keep_free_mb", "must be 0 (never let history go for room) to 1000000000")
	}
	c.History.checkRemote(bad)
	if c.Auth.OIDC != (OIDC{}) {
		bad("auth.oidc", "is not part of this version: remove it")
	}
	if c.MQTT != (MQTT{}) {
		bad("mqtt", "publishing by Hypha itself is not part of this version: brokers are set at each input and output")
	}
	if !(c.System.MaxCurrentA >= 0 && c.System.MaxCurrentA <= 10_000) {
		bad("system.max_current_a", "must be 0 (no limit) to 10000 A")
	}
	if v := c.System.MaxFailedStarts; v < 0 || v > 1000 || v != float64(int(v)) {
		bad("system.max_failed_starts", "must be a whole number from 0 (never keep the controllers off) to 1000")
	}
	if v := c.System.StopInput; v < 0 || v > 1e15 || v != float64(int64(v)) {
		bad("system.stop_input", "must be the id of a channel, or 0 for none")
	}
	if v := c.System.Latitude; v != nil && !(*v >= -90 && *v <= 90) {
		bad("system.latitude", "must be -90 to 90 degrees")
	}
	if v := c.System.Longitude; v != nil && !(*v >= -180 && *v <= 180) {
		bad("system.longitude", "must be -180 to 180 degrees")
	}
	c.Backup.check(bad)
	if _, err := time.LoadLocation(c.System.Timezone); err != nil {
		bad("system.timezone", "%q is not known, use for example Europe/Berlin", c.System.Timezone)
	}
	return errors.Join(errs...)
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// checkRemote checks what is said of a remote engine: all of it with engine prometheus, which reads there too; with engine
// embedded, write_url has readings forwarded.
func (h History) checkRemote(bad func(key, format string, args ...any)) {
	r := h.Remote
	address := func(key, value, example string) {
		if value != "" && !isAddress(value) {
			bad(key, "%q is no address, for example %s", value, example)
		}
	}
	address("history.remote.write_url", r.WriteURL, "http://127.0.0.1:8428/api/v1/write")
	address("history.remote.query_url", r.QueryURL, "http://127.0.0.1:8428")
	switch {
	case h.Engine == "prometheus":
		if r.WriteURL == "" {
			bad("history.remote.write_url", "is needed with history.engine: prometheus: where the engine takes remote write")
		}
		if r.QueryURL == "" {
			bad("history.remote.query_url", "is needed with history.engine: prometheus: below which the engine has /api/v1/query")
		}
	case r != (Remote{}) && r.WriteURL == "":
		bad("history.remote.write_url", "is needed to forward readings: set it, or remove history.remote")
	}
	if r.Username == "" && r.Password != "" {
		bad("history.remote.username", "is needed with history.remote.password")
	}
}
