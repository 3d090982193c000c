// Package config reads hypha.yaml and the environment. A key that is not known or a value that is wrong is an error that
// names the key: a limit that was misspelt and therefore not kept would be worse than a program that does not start.
//
// Flag > environment > file > default; the flags are laid over by the caller. The environment variable of a key is
// HYPHA_ and the key in upper case, dots as underscores: history.engine is HYPHA_HISTORY_ENGINE.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Config is the whole configuration.
type Config struct {
	Listen  string  `yaml:"listen"`   // HOST:PORT
	BaseURL string  `yaml:"base_url"` // how users reach it, when a proxy stands before it
	TLS     TLS     `yaml:"tls"`
	Log     Log     `yaml:"log"`
	History History `yaml:"history"`
	Auth    Auth    `yaml:"auth"`
	MQTT    MQTT    `yaml:"mqtt"`
	System  System  `yaml:"system"`
}

// TLS names the files of a certificate and its key.
type TLS struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// Log says what is logged, and how.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn or error
	Format string `yaml:"format"` // text or json
}

// History says where readings go and how long they stay.
type History struct {
	Engine        string  `yaml:"engine"` // embedded or prometheus
	Retention     Span    `yaml:"retention"`
	SyncIntervalS float64 `yaml:"sync_interval_s"` // how much a power cut may take
	Remote        Remote  `yaml:"remote"`
}

// Remote is an existing time-series engine.
type Remote struct {
	WriteURL string `yaml:"write_url"`
	QueryURL string `yaml:"query_url"`
	Tenant   string `yaml:"tenant"`
	Username string `yaml:"username"`
	Password string `yaml:"password"`
}

// Auth says how people sign in.
type Auth struct {
	OIDC       OIDC `yaml:"oidc"`
	SessionTTL Span `yaml:"session_ttl"`
}

// OIDC is an identity provider.
type OIDC struct {
	Issuer       string `yaml:"issuer"`
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"`
	RoleClaim    string `yaml:"role_claim"`
}

// MQTT is the broker to which Hypha itself publishes.
type MQTT struct {
	Broker    string `yaml:"broker"`
	Discovery bool   `yaml:"discovery"`
}

// System is about the site.
type System struct {
	MaxCurrentA float64  `yaml:"max_current_a"`
	Latitude    *float64 `yaml:"latitude"`
	Longitude   *float64 `yaml:"longitude"`
	Timezone    string   `yaml:"timezone"`
}

// Span is a length of time, written with a unit: 30s, 15m, 24h, 7d, 4w, 10y (365 days).
type Span time.Duration

// Default is the configuration of an empty file.
func Default() Config {
	return Config{
		Listen:  ":8080",
		Log:     Log{Level: "info", Format: "text"},
		History: History{Engine: "embedded", Retention: Span(10 * 365 * 24 * time.Hour), SyncIntervalS: 5},
		Auth:    Auth{SessionTTL: Span(30 * 24 * time.Hour)},
	}
}

// Load reads the file, "" for none, and lays the environment over it. getenv is os.LookupEnv outside tests.
func Load(path string, getenv func(string) (string, bool)) (Config, error) {
	cfg := Default()
	if path != "" {
		raw, err := os.ReadFile(path)
		if err != nil {
			return cfg, fmt.Errorf("read the configuration: %w", err)
		}
		d := yaml.NewDecoder(bytes.NewReader(raw))
		d.KnownFields(true)
		if err := d.Decode(&cfg); err != nil && !errors.Is(err, io.EOF) {
			return cfg, fmt.Errorf("%s: %s", path, plain(err))
		}
	}
	if err := overlay(reflect.ValueOf(&cfg).Elem(), "", getenv); err != nil {
		return cfg, err
	}
	return cfg, nil
}

// plain turns the decoder's words into a user's.
func plain(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	for _, name := range []string{"Config", "TLS", "Log", "History", "Remote", "Auth", "OIDC", "MQTT", "System"} {
		text = strings.ReplaceAll(text, " not found in type config."+name, " is not a key of this configuration")
	}
	return strings.ReplaceAll(text, "field ", "")
}

// overlay sets the fields whose environment variable is set.
func overlay(v reflect.Value, path string, getenv func(string) (string, bool)) error {
	for n := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(n).Tag.Get("yaml"), ",")
		key := strings.TrimPrefix(path+"."+name, ".")
		field := v.Field(n)
		if field.Kind() == reflect.Struct {
			if err := overlay(field, key, getenv); err != nil {
				return err
			}
			continue
		}
		variable := "HYPHA_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
		text, ok := getenv(variable)
		if !ok {
			continue
		}
		if err := set(field, text); err != nil {
			return fmt.Errorf("%s (%s): %w", key, variable, err)
		}
	}
	return nil
}

func set(field reflect.Value, text string) error {
	if span, ok := reflect.TypeAssert[*Span](field.Addr()); ok {
		return span.parse(text)
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		field.SetBool(b)
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%q is no number", text)
		}
		field.SetFloat(f)
	default:
		return fmt.Errorf("cannot be set from the environment")
	}
	return nil
}

// UnmarshalYAML reads a span.
func (s *Span) UnmarshalYAML(node *yaml.Node) error {
	if err := s.parse(node.Value); err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	return nil
}

func (s *Span) parse(text string) error {
	text = strings.TrimSpace(text)
	days := map[string]float64{"d": 1, "w": 7, "y": 365}
	for suffix, n := range days {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			f, err := strconv.ParseFloat(number, 64)
			if err != nil || !(f > 0) || f*n > 290*365 {
				return fmt.Errorf("%q is no length of time: use 24h, 7d or 10y", text)
			}
			*s = Span(f * n * 24 * float64(time.Hour))
			return nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no length of time: use 24h, 7d or 10y", text)
	}
	*s = Span(d)
	return nil
}

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
		if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			bad("base_url", "%q is no address, for example https://hypha.example.org", c.BaseURL)
		}
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		bad("tls", "cert and key are needed together")
	}
	oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf("log.format", c.Log.Format, "text", "json")
	if c.History.Engine == "prometheus" {
		bad("history.engine", "prometheus is not part of this version: use embedded")
	} else {
		oneOf("history.engine", c.History.Engine, "embedded")
	}
	if c.History.SyncIntervalS < 0.1 || c.History.SyncIntervalS > 3600 || math.IsNaN(c.History.SyncIntervalS) {
		bad("history.sync_interval_s", "must be 0.1 to 3600")
	}
	if c.History.Remote != (Remote{}) {
		bad("history.remote", "belongs to history.engine: prometheus, which is not part of this version")
	}
	if c.Auth.OIDC != (OIDC{}) {
		bad("auth.oidc", "is not part of this version: remove it")
	}
	if c.MQTT != (MQTT{}) {
		bad("mqtt", "publishing by Hypha itself is not part of this version: brokers are set at each input and output")
	}
	if c.System.MaxCurrentA != 0 {
		bad("system.max_current_a", "cannot be kept by this version: remove it")
	}
	if v := c.System.Latitude; v != nil && !(*v >= -90 && *v <= 90) {
		bad("system.latitude", "must be -90 to 90 degrees")
	}
	if v := c.System.Longitude; v != nil && !(*v >= -180 && *v <= 180) {
		bad("system.longitude", "must be -180 to 180 degrees")
	}
	if _, err := time.LoadLocation(c.System.Timezone); err != nil {
		bad("system.timezone", "%q is not known, use for example Europe/Berlin", c.System.Timezone)
	}
	return errors.Join(errs...)
}
