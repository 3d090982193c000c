package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"hypha/internal/api"
	"hypha/internal/app"
	"hypha/internal/config"
)

type serveCmd struct {
	Data     string `help:"Folder of settings, history and keys." default:"./data" env:"HYPHA_DATA" placeholder:"DIR"`
	Listen   string `help:"Address to serve on (default :8080)." placeholder:"HOST:PORT"`
	Demo     bool   `help:"With a simulated grow tent." env:"HYPHA_DEMO"`
	LogLevel string `help:"debug, info, warn or error (default info)." placeholder:"LEVEL"`
	Config   string `help:"Configuration file (default: hypha.yaml in the data folder, if it is there)." env:"HYPHA_CONFIG" placeholder:"FILE"`
}

// gcPercent trades memory for processor time: readings are short-lived, and the machines are small in both.
const gcPercent = 80

// Run is called by kong.
func (c *serveCmd) Run(ctx context.Context) error {
	cfg, err := c.configuration()
	if err != nil {
		return usageError{err}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	log := logger(cfg.Log)
	log.Info("starting", "version", version, "data", c.Data)
	return app.Run(ctx, app.Options{
		DataDir: c.Data, Config: cfg, Demo: c.Demo, Build: build(), Logger: log, Notices: os.Stderr,
	})
}

func build() api.Build { return api.Build{Version: version, Commit: commit, Go: runtime.Version()} }

// configuration lays the flags over environment and file, and checks the whole.
func (c *serveCmd) configuration() (config.Config, error) {
	path := c.Config
	if path == "" {
		usual := filepath.Join(c.Data, "hypha.yaml")
		if _, err := os.Stat(usual); err == nil {
			path = usual
		} else if !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission) {
			return config.Config{}, fmt.Errorf("look for the configuration: %w", err)
		}
	}
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		return cfg, err
	}
	if c.Listen != "" {
		cfg.Listen = c.Listen
	}
	if c.LogLevel != "" {
		cfg.Log.Level = c.LogLevel
	}
	return cfg, cfg.Check()
}

func logger(cfg config.Log) *slog.Logger {
	level := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}[cfg.Level]
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opts))
}
