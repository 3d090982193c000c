package config

import (
	"strings"
	"testing"
)

func TestBackupKeys(t *testing.T) {
	const s3 = "s3: {access_key: a, secret_key: b"
	for text, says := range map[string]string{
		"{}":                      "",
		"{to: /mnt/disk}":         "",
		"{to: backups, keep: 10}": "",
		"{to: 'sftp://maya@nas/backups', sftp: {password: x}}":               "",
		"{to: 'sftp://maya@nas:2222/~/backups', sftp: {key_file: /x}}":       "",
		"{to: 's3://bucket/prefix', " + s3 + "}}":                            "",
		"{to: 's3://bucket', " + s3 + ", endpoint: 'http://10.0.0.1:9000'}}": "",
		"{every: 1m}":         "backup.every",
		"{keep: 0}":           "backup.keep",
		"{keep: 1.5}":         "backup.keep",
		"{full_each: 0}":      "backup.full_each",
		"{kept: 3}":           "backup.kept",
		"{to: 'ftp://nas/x'}": "backup.to",
		"{to: 'sftp://nas/x', sftp: {password: x}}":       "backup.to",
		"{to: 'sftp://maya@nas', sftp: {password: x}}":    "backup.to",
		"{to: 'sftp://maya:x@nas/x'}":                     "backup.sftp.password",
		"{to: 'sftp://maya@nas/x'}":                       "backup.sftp",
		"{to: /mnt, sftp: {password: x}}":                 "backup.sftp",
		"{to: /mnt, s3: {region: x}}":                     "backup.s3",
		"{to: 's3://', " + s3 + "}}":                      "backup.to",
		"{to: 's3://bucket'}":                             "backup.s3",
		"{to: 's3://bucket', " + s3 + ", endpoint: nas}}": "backup.s3.endpoint",
	} {
		cfg := Default()
		err := parse([]byte("backup: "+text), &cfg)
		if err == nil {
			err = cfg.Check()
		}
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}
