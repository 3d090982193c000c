package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"hypha/internal/history"
	"hypha/internal/history/remote"
	"hypha/internal/measure"
	"hypha/internal/observe"
)

// durable is a store of readings that can be told to bring them to the disk.
type durable interface {
	history.Store
	Sync(ctx context.Context) error
}

// withRemote opens the history: the remote engine, or the local store, from which readings are forwarded if there is an
// engine beside it.
func withRemote[S durable](
	ctx context.Context, p *program, catalogue *measure.Catalogue, local func(context.Context) (S, error),
) (durable, error) {
	cfg := p.opts.Config.History
	if cfg.Remote.WriteURL == "" {
		store, err := local(ctx)
		if err != nil {
			return nil, err // not a nil pointer inside an interface
		}
		return store, nil
	}
	outbox, err := p.outboxConfig(ctx, catalogue)
	if err != nil {
		return nil, err
	}
	if cfg.Engine == "prometheus" {
		store, err := remote.Open(remote.StoreConfig{OutboxConfig: outbox, QueryURL: cfg.Remote.QueryURL})
		if err != nil {
			return nil, fmt.Errorf("open the remote history: %w", err)
		}
		p.remote.opened(store)
		return store, nil
	}
	store, err := local(ctx)
	if err != nil {
		return nil, err
	}
	out, err := remote.OpenOutbox(outbox)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the queue of the remote engine: %w", err), store.Close())
	}
	p.remote.opened(out)
	return remote.Forward(store, out), nil
}

func (p *program) outboxConfig(ctx context.Context, catalogue *measure.Catalogue) (remote.OutboxConfig, error) {
	cfg := p.opts.Config.History.Remote
	instance, err := p.instance(ctx)
	if err != nil {
		return remote.OutboxConfig{}, err
	}
	watch, err := p.settings.Watch(ctx)
	if err != nil {
		return remote.OutboxConfig{}, err
	}
	p.remote.watch = watch
	p.log.Info("readings go to a remote engine", "instance", instance, "engine", p.opts.Config.History.Engine)
	return remote.OutboxConfig{
		Dir: p.opts.DataDir, WriteURL: cfg.WriteURL, Instance: instance, Source: &channelLabels{settings: p.settings, watch: watch, catalogue: catalogue},
		Access: remote.Access{
			Tenant: cfg.Tenant, Username: cfg.Username, Password: cfg.Password, Transport: httpClient(p.opts.Build.Version).Transport,
		},
		OnChange: p.remote.changes.add, Logger: p.log,
	}, nil
}

// instanceKey keeps the name of this installation among those that write to the same engine.
const instanceKey = "history.instance"

// instance returns that name. One that is not configured is made once: the host's name, which is "raspberrypi" at many
// sites, and something that no other has.
func (p *program) instance(ctx context.Context) (string, error) {
	if name := p.opts.Config.History.Remote.Instance; name != "" {
		return name, nil
	}
	var name string
	if found, err := p.settings.KV.Get(ctx, instanceKey, &name); err != nil || found && name != "" {
		return name, err
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "hypha"
	}
	own := make([]byte, 3)
	_, _ = rand.Read(own) // never fails
	name = host + "-" + hex.EncodeToString(own)
	return name, p.settings.KV.Set(ctx, instanceKey, name)
}

// remoteEngine is what the program knows of its remote engine, if it has one.
type remoteEngine struct {
	watch interface{ Close() error }
	of    interface{ State() remote.State } // fixed once it is opened

	changes telling[remote.State]
}

func (r *remoteEngine) opened(of interface{ State() remote.State }) { r.of = of }

// figures are for metrics; nil without a remote engine.
func (r *remoteEngine) figures() *observe.Remote {
	if r.of == nil {
		return nil
	}
	s := r.of.State()
	return &observe.Remote{
		Queued: s.Queued, Bytes: s.Bytes, Sent: s.Sent, Rejected: s.Rejected, Dropped: s.Dropped, Failed: s.Failed, Err: s.Err,
	}
}

func (r *remoteEngine) close() error {
	if r.watch == nil {
		return nil
	}
	return r.watch.Close()
}

// remoteChanged tells people when the remote engine goes, when readings are lost for it, and when it is back.
func (p *program) remoteChanged(s remote.State) {
	data := map[string]any{"queued": s.Queued, "dropped": s.Dropped, "rejected": s.Rejected}
	words := "The remote engine takes readings again"
	switch {
	case s.Dropped > 0 && s.Err != nil:
		words = fmt.Sprintf("The queue of the remote engine is full: %d readings were dropped, the oldest first", s.Dropped)
		data["error"] = s.Err.Error()
	case s.Err != nil:
		words = "The remote engine takes no readings; they wait on the disk: " + s.Err.Error()
		data["error"] = s.Err.Error()
	default:
	}
	p.fleet.Note("alert", "history", "", words, data)
}
