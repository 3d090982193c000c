package controller

import (
	"context"
	"log/slog"
)

// Config is what a Manager needs. All fields may be zero.
type Config struct {
	OnChange func(Status) // called for every change, in order per Ref; must not block
	Logger   *slog.Logger
	Rand     func() float64 // in [0, 1), for the jitter of retries
}

// Manager starts, supervises, restarts and stops controllers.
type Manager struct{ cfg Config }

// NewManager returns a manager without controllers.
func NewManager(cfg Config) *Manager { return &Manager{cfg} }

func (m *Manager) Start(ref Ref, c Controller, p Policy) error                        { return nil }
func (m *Manager) Stop(ctx context.Context, ref Ref) error                            { return nil }
func (m *Manager) Remove(ctx context.Context, ref Ref) error                          { return nil }
func (m *Manager) Replace(ctx context.Context, ref Ref, c Controller, p Policy) error { return nil }
func (m *Manager) Retry(ref Ref) error                                                { return nil }
func (m *Manager) Status(ref Ref) (Status, bool)                                      { return Status{}, false }
func (m *Manager) List() []Status                                                     { return nil }
func (m *Manager) Counts() map[State]int                                              { return nil }
func (m *Manager) Close(ctx context.Context) error                                    { return nil }
