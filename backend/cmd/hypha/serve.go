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
	"strings"

	"github.com/alecthomas/kong"

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
func (c *serveCmd) Run(ctx context.Context, program *kong.Kong) error {
	cfg, err := c.configuration()
	if err != nil {
		return usageError{err}
	}
	test, err := config.LoadTest(os.LookupEnv)
	if err != nil {
		return usageError{err}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	log := logger(cfg.Log)
	log.Info("starting", "version", version, "data", c.Data)
	for _, name := range unknownVariables(os.Environ(), program) {
		log.Warn("an environment variable is neither a flag nor a key of the configuration", "name", name)
	}
	return app.Run(ctx, app.Options{
		DataDir: c.Data, Config: cfg, Test: test, Demo: c.Demo, Build: build(), Logger: log, Notices: os.Stderr,
	})
}

func build() api.Build { return api.Build{Version: version, Commit: commit, Go: runtime.Version()} }

// configuration lays the flags over environment and file, and checks the whole.
func (c *serveCmd) configuration() (config.Config, error) {
	if info, err := os.Stat(c.Data); err == nil && !info.IsDir() {
		return config.Config{}, fmt.Errorf("--data: %s is not a folder", c.Data)
	}
	path := c.Config
	if path == "" {
		usual := filepath.Join(c.Data, "hypha.yaml")
		if _, err := os.Stat(usual); err == nil {
			path = usual
		} else if !errors.Is(err, os.ErrNotExist) {
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

// unknownVariables are the variables of an environment that look as if they were meant for this program, but mean nothing
// to it. They are no reason not to start: Kubernetes makes such variables up for each service.
func unknownVariables(environ []string, program *kong.Kong) (unknown []string) {
	known := map[string]bool{}
	for _, key := range config.Keys() {
		known[config.Variable(key)] = true
	}
	for _, name := range config.TestVariables() {
		known[name] = true
	}
	nodes := []*kong.Node{program.Model.Node}
	for len(nodes) > 0 {
		node := nodes[0]
		nodes = append(nodes[1:], node.Children...)
		for _, flag := range node.Flags {
			for _, name := range flag.Envs {
				known[name] = true
			}
		}
	}
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "HYPHA_") && !known[name] {
			unknown = append(unknown, name)
		}
	}
	return unknown
}
