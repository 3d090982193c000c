package app

import (
	"context"
	"fmt"
	"time"

	"hypha/internal/backup"
)

// newKeeper makes what saves the data folder on a schedule; nil when there is no place to save it to.
func (p *program) newKeeper() *backup.Keeper {
	cfg := p.opts.Config.Backup
	if cfg.To == "" {
		return nil
	}
	return backup.NewKeeper(backup.KeeperConfig{
		Dir: p.opts.DataDir, Every: time.Duration(cfg.Every), Keep: int(cfg.Keep), FullEach: int(cfg.FullEach),
		Place: backup.Place{
			To:   cfg.To,
			SFTP: backup.SFTP{KeyFile: cfg.SFTP.KeyFile, Password: cfg.SFTP.Password, KnownHosts: cfg.SFTP.KnownHosts},
			S3:   backup.S3{Endpoint: cfg.S3.Endpoint, Region: cfg.S3.Region, AccessKey: cfg.S3.AccessKey, SecretKey: cfg.S3.SecretKey},
		},
		Program: p.opts.Build.Version, Floor: clockFloor(), OnChange: p.backupChanged, Logger: p.log,
	})
}

// runBackups makes backups until ctx ends. That it cannot is no reason for the program to end.
func (p *program) runBackups(ctx context.Context) error {
	if p.backups == nil {
		return nil
	}
	return p.backups.Run(ctx)
}

// backupChanged tells people when a backup fails, when it works again, and now and then that it works.
func (p *program) backupChanged(s backup.State) {
	data := map[string]any{"file": s.File, "bytes": s.Bytes}
	if !s.At.IsZero() {
		data["at"] = s.At
	}
	switch {
	case s.Err != nil:
		data["error"] = s.Err.Error()
		p.fleet.Note("alert", "backup", "", "The backup failed, and is tried again: "+s.Err.Error(), data)
	case s.Mended:
		p.fleet.Note("alert", "backup", "", "The backup works again: "+s.File, data)
	default:
		p.fleet.Note("system", "backup", "", fmt.Sprintf("Saved to %s (%d bytes)", s.File, s.Bytes), data)
	}
}
