// Package config reads hypha.yaml and the environment. A key that is not known or a value that is wrong is an error that
// names the key: a limit that was misspelt and therefore not kept would be worse than a program that does not start.
//
// Flag > environment > file > default; the flags are laid over by the caller. The environment variable of a key is
// HYPHA_ and the key in upper case, dots as underscores: history.engine is HYPHA_HISTORY_ENGINE.
package config

import "time"

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
	Backup  Backup  `yaml:"backup"`
	Actions Actions `yaml:"actions"`
}

// Actions says what triggers and alerts may do.
type Actions struct {
	AllowCommands bool `yaml:"allow_commands"` // run programs of this machine
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
	Engine        string   `yaml:"engine"` // embedded or prometheus
	Retention     Span     `yaml:"retention"`
	SyncIntervalS float64  `yaml:"sync_interval_s"` // how much a power cut may take
	KeepFreeMB    *float64 `yaml:"keep_free_mb"`    // of the disk; the oldest weeks go before less is free. 0: never; nil: by the disk's size
	Remote        Remote   `yaml:"remote"`
}

// Remote is an existing time-series engine. With engine embedded, readings are forwarded there.
type Remote struct {
	WriteURL string `yaml:"write_url"` // where it takes remote write
	QueryURL string `yaml:"query_url"` // below which it has /api/v1/query
	Tenant   string `yaml:"tenant"`
	Username string `yaml:"username"`
	Password string `yaml:"password"`
	Instance string `yaml:"instance"` // names this installation there; "" = made once, of the host's name
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
	// MaxFailedStarts is how many starts in a row may fail before the controllers stay off; 0: any number.
	MaxFailedStarts float64 `yaml:"max_failed_starts"`
	StopInput       float64 `yaml:"stop_input"` // id of the channel of a stop button: everything stops when it is 0.5 or more; 0: none
}

// Span is a length of time, written with a unit: 30s, 15m, 24h, 7d, 4w, 10y (365 days).
type Span time.Duration

// Default is the configuration of an empty file.
func Default() Config {
	return Config{
		Listen:  ":8080",
		Log:     Log{Level: "info", Format: "text"},
		History: History{Engine: "embedded", Retention: Span(10 * 365 * 24 * time.Hour), SyncIntervalS: 5},
		Backup:  Backup{Every: Span(24 * time.Hour), Keep: 4, FullEach: 7},
		System:  System{MaxFailedStarts: 3},
		Auth:    Auth{SessionTTL: Span(30 * 24 * time.Hour)},
	}
}
