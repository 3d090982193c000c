package config

import (
	"net/url"
	"strings"
	"time"
)

// Backup says how often the data folder is saved, and where to.
type Backup struct {
	Every    Span    `yaml:"every"`
	Keep     float64 `yaml:"keep"`      // chains
	FullEach float64 `yaml:"full_each"` // backups of a chain; 1: each is complete
	To       string  `yaml:"to"`        // "" is nowhere: none are made
	SFTP     SFTP    `yaml:"sftp"`
	S3       S3      `yaml:"s3"`
}

// SFTP is how to sign in to a server that keeps backups.
type SFTP struct {
	KeyFile    string `yaml:"key_file"`
	Password   string `yaml:"password"`
	KnownHosts string `yaml:"known_hosts"`
}

// S3 is an endpoint that keeps backups.
type S3 struct {
	Endpoint  string `yaml:"endpoint"`
	Region    string `yaml:"region"`
	AccessKey string `yaml:"access_key"`
	SecretKey string `yaml:"secret_key"`
}

// check names what is wrong.
func (b Backup) check(bad func(key, format string, args ...any)) {
	whole := func(key string, v float64) {
		if v < 1 || v > 1000 || v != float64(int(v)) {
			bad(key, "must be a whole number from 1 to 1000")
		}
	}
	whole("backup.keep", b.Keep)
	whole("backup.full_each", b.FullEach)
	if d := time.Duration(b.Every); d < 10*time.Minute || d > 366*24*time.Hour {
		bad("backup.every", "must be 10m to 366d")
	}
	scheme, _, remote := strings.Cut(b.To, "://")
	if b.SFTP != (SFTP{}) && scheme != "sftp" {
		bad("backup.sftp", "belongs to backup.to: sftp://...")
	}
	if b.S3 != (S3{}) && scheme != "s3" {
		bad("backup.s3", "belongs to backup.to: s3://...")
	}
	if !remote {
		return
	}
	u, err := url.Parse(b.To)
	switch {
	case err != nil:
		bad("backup.to", "is no address: %v", err)
	case scheme == "sftp":
		_, password := u.User.Password()
		switch {
		case u.User.Username() == "" || u.Hostname() == "" || u.Path == "" || u.Path == "/" || u.RawQuery != "":
			bad("backup.to", "must be sftp://user@host/folder, or sftp://user@host/~/folder below the user's home")
		case password:
			bad("backup.to", "must not hold the password: it belongs to backup.sftp.password")
		case b.SFTP.KeyFile == "" && b.SFTP.Password == "":
			bad("backup.sftp", "key_file or password is needed")
		}
	case scheme == "s3":
		b.checkS3(u, bad)
	default:
		bad("backup.to", "%q is neither a folder nor sftp:// nor s3://", b.To)
	}
}

func (b Backup) checkS3(u *url.URL, bad func(key, format string, args ...any)) {
	if u.Host == "" || u.User != nil || u.RawQuery != "" {
		bad("backup.to", "must be s3://bucket or s3://bucket/prefix")
	}
	if b.S3.AccessKey == "" || b.S3.SecretKey == "" {
		bad("backup.s3", "access_key and secret_key are needed")
	}
	if e := b.S3.Endpoint; e != "" {
		if u, err := url.Parse(e); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
			bad("backup.s3.endpoint", "%q is no address of a server, for example https://s3.example.org", e)
		}
	}
}
