// Package app builds the program of all the others and runs it: the only package that knows every other.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"hypha/internal/alerting"
	"hypha/internal/api"
	"hypha/internal/auth"
	"hypha/internal/backup"
	"hypha/internal/config"
	"hypha/internal/drivers"
	"hypha/internal/fleet"
	"hypha/internal/function"
	"hypha/internal/functions"
	"hypha/internal/functions/conditional"
	"hypha/internal/history"
	"hypha/internal/history/embedded"
	"hypha/internal/host"
	"hypha/internal/live"
	"hypha/internal/measure"
	"hypha/internal/mqttconn"
	"hypha/internal/observe"
	"hypha/internal/plant"
	"hypha/internal/settings"
	"hypha/internal/web"
)

// Options say what to run.
type Options struct {
	DataDir string
	Config  config.Config
	Test    config.Test
	Demo    bool // with the simulated grow tent
	Build   api.Build
	Logger  *slog.Logger
	Notices io.Writer // the lines for people: the address and the setup code
}

// Ending is bounded step by step, within 10 s in all: requests, controllers, then what waits for the disk.
const (
	requestsWithin    = 1 * time.Second
	controllersWithin = 5 * time.Second
	drainWithin       = 3 * time.Second
)

// Requests are bounded too. A stream may take longer than answersWithin as long as its receiver goes on taking it.
const (
	requestsArriveWithin = 2 * time.Minute
	answersWithin        = 5 * time.Minute
)

// program is everything that runs.
type program struct {
	opts     Options
	log      *slog.Logger
	settings *settings.Store
	history  durable
	local    *embedded.Store // what of it lies here; nil with a remote engine
	remote   remoteEngine
	damages  telling[embedded.Damage]
	writer   *history.Writer
	pool     *mqttconn.Pool
	fleet    *fleet.Fleet
	alerts   *alerting.Service
	auth     *auth.Service
	feed     *live.Feed
	backups  *backup.Keeper // nil when there is no place for them
	server   *http.Server
	crash    string // what the program said when it crashed last
	listener net.Listener
}

// Run runs the program until ctx ends. It returns an error that says what to do about it.
func Run(ctx context.Context, opts Options) error {
	lock, err := settings.Lock(opts.DataDir)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }() // the end of the process releases it too
	if kept, err := backup.Finish(opts.DataDir); err != nil {
		return err
	} else if kept != "" {
		opts.Logger.Warn("a restore that was interrupted is finished", "kept", kept)
	}
	// The address is taken first: a port in use is the likeliest fault, and nothing has been touched yet.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", opts.Config.Listen)
	if err != nil {
		return fmt.Errorf("the address %s cannot be used: %w; choose another with --listen", opts.Config.Listen, err)
	}
	p := &program{opts: opts, log: opts.Logger, listener: listener, crash: watchCrashes(opts.DataDir, opts.Logger)}
	if err := p.build(ctx); err != nil {
		err = errors.Join(err, listener.Close(), p.close())
		if ctx.Err() != nil {
			return nil // told to stop while it started: nothing runs yet
		}
		return err
	}
	return errors.Join(p.run(ctx), p.close())
}

// build opens the stores and puts the parts together; nothing runs yet.
func (p *program) build(ctx context.Context) (err error) {
	damage, err := settings.CheckLog(p.opts.DataDir)
	if err != nil {
		return err
	}
	if p.settings, err = settings.Open(ctx, p.opts.DataDir, p.log); err != nil {
		return err
	}
	catalogue := measure.NewCatalogue()
	p.history, err = withRemote(ctx, p, catalogue, p.openHistory)
	if err != nil {
		return err
	}
	p.writer = history.NewWriter(history.WriterConfig{
		Store: p.history, Floor: clockFloor(), SyncEvery: time.Duration(p.opts.Config.History.SyncIntervalS * float64(time.Second)),
		OnChange: p.storingChanged, Logger: p.log,
	})
	p.pool = mqttconn.NewPool(mqttconn.Config{Logger: p.log})
	deps := drivers.Deps{DataDir: p.opts.DataDir}
	if p.opts.Demo {
		deps.Tent = plant.New(time.Now())
	}
	lateness := &observe.Lateness{}
	p.fleet = fleet.New(fleet.Config{
		Store: p.settings, History: p.history, Writer: p.writer, Catalogue: catalogue,
		Inputs: drivers.Inputs(deps), Outputs: drivers.Outputs(deps), Functions: functions.All(),
		Place: p.place(), HasPlace: p.opts.Config.System.Latitude != nil && p.opts.Config.System.Longitude != nil,
		Orders: p.carryOut, Script: conditional.Once, AllowCommands: p.opts.Config.Actions.AllowCommands,
		Host:      host.Host{Root: "/", HTTP: httpClient(p.opts.Build.Version), MQTT: p.pool},
		Retention: time.Duration(p.opts.Config.History.Retention), Logger: p.log, Beat: lateness.Add,
		MaxCurrentA: p.opts.Config.System.MaxCurrentA, MaxFailedStarts: int(p.opts.Config.System.MaxFailedStarts),
		StopInput: measure.ChannelID(p.opts.Config.System.StopInput), LastCrash: p.crash,
	})
	p.damages.to(p.noteDamage)
	p.noteLogDamage(damage)
	if err := p.fleet.LoadUnits(ctx); err != nil {
		return fmt.Errorf("load the units of users: %w", err)
	}
	p.remote.changes.to(p.remoteChanged)
	p.auth = auth.New(p.settings, auth.Config{
		Dir: p.opts.DataDir, SessionTTL: time.Duration(p.opts.Config.Auth.SessionTTL), OnEvent: p.signedIn, Logger: p.log,
	})
	alerts, told := p.newAlerts(catalogue)
	p.alerts = alerts
	p.feed = live.New(present{p.fleet, p.alerts}, live.Topics{
		Readings: p.fleet.Readings, Outputs: p.fleet.OutputMoves, Controllers: p.fleet.Controllers, Alerts: told, Journal: p.fleet.Journal,
	}, p.fleet.Hub.Seq, p.log)
	p.backups = p.newKeeper()
	p.server = &http.Server{
		Handler: api.New(api.Config{
			Fleet: p.fleet, Alerts: p.alerts, Auth: p.auth, Settings: p.settings, History: p.history, Writer: p.writer, Remote: p.remote.figures, Feed: p.feed,
			Lateness: lateness, Brokers: p.brokers, Backups: p.backups, Web: web.Handler(), Build: p.opts.Build, DataDir: p.opts.DataDir,
			BaseURL: p.opts.Config.BaseURL, Secure: p.opts.Config.TLS.Cert != "", Logger: p.log,
		}),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       requestsArriveWithin,
		WriteTimeout:      answersWithin,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	return nil
}

// place is where the sun rises and sets; the zone is this machine's unless another is configured.
func (p *program) place() function.Place {
	place := function.Place{Zone: time.Local}
	system := p.opts.Config.System
	if zone, err := time.LoadLocation(system.Timezone); err == nil && system.Timezone != "" {
		place.Zone = zone
	}
	if system.Latitude != nil && system.Longitude != nil {
		place.Latitude, place.Longitude = *system.Latitude, *system.Longitude
	}
	return place
}

// httpClient is for drivers. Their contexts bound each request; this bounds what they forget.
func httpClient(version string) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return &http.Client{
		Timeout: 2 * time.Minute,
		Transport: agent{"hypha/" + version, &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second,
			MaxIdleConns: 50, MaxIdleConnsPerHost: 2, IdleConnTimeout: 90 * time.Second, ForceAttemptHTTP2: true,
		}},
	}
}

// agent names the program in requests that do not say who asks.
type agent struct {
	name string
	next http.RoundTripper
}

func (a agent) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", a.name)
	}
	return a.next.RoundTrip(r)
}

func (p *program) brokers() []api.Broker {
	brokers := []api.Broker{}
	for _, s := range p.pool.Status() {
		brokers = append(brokers, api.Broker{Broker: s.Broker, Connected: s.Connected, Error: s.Error})
	}
	return brokers
}

// signedIn notes who signs in and out, and who tries to.
func (p *program) signedIn(action, who, from string) {
	words := map[string]string{
		"login": "signed in", "login_failed": "tried to sign in with a wrong password", "logout": "signed out",
		"setup": "made the first account", "setup_failed": "tried a wrong setup code", "password_changed": "has another password",
	}
	what, ok := words[action]
	if !ok {
		return // what administrators do to accounts and tokens is noted with who did it, where it is asked for
	}
	if who == "" {
		who = "Somebody"
	}
	p.fleet.Note("auth", "login", who, who+" "+what, map[string]any{"action": action, "from": from})
}

// noteLogDamage tells people that changes of settings are gone.
func (p *program) noteLogDamage(d *settings.LogDamage) {
	if d == nil {
		return
	}
	words := fmt.Sprintf("The log of the settings, %s, is damaged at byte %d: what was changed last before the program ended may be undone. Look your settings through", d.File, d.At)
	if d.Tail {
		words = fmt.Sprintf("The end of the log of the settings, %s, was not finished and is cut off: the very last change may be undone", d.File)
	} else if d.Copy != "" {
		words += "; the damaged log is kept as " + d.Copy
	}
	p.log.Error("the log of the settings is damaged", "file", d.File, "byte", d.At, "tail", d.Tail, "copy", d.Copy)
	p.fleet.Note("alert", "settings", "", words, map[string]any{"file": d.File, "byte": d.At, "copy": d.Copy})
}

// storingChanged tells people when the history cannot be written, or not safely, and when it can again.
func (p *program) storingChanged(s history.WriterState) {
	data := map[string]any{"queued": s.Queued, "lost": s.Lost}
	words := "The history is written again"
	switch {
	case s.Err != nil:
		words, data["error"] = "The history cannot be written: "+s.Err.Error(), s.Err.Error()
	case s.SyncErr != nil:
		words = "The disk does not take the history for good; a power cut would lose the newest readings: " + s.SyncErr.Error()
		data["error"] = s.SyncErr.Error()
	}
	p.fleet.Note("alert", "history", "", words, data)
}

// run starts everything, serves until ctx ends, and then ends everything in the opposite order.
func (p *program) run(ctx context.Context) error {
	background, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	backupCtx, endBackups := context.WithCancel(background)
	defer endBackups()
	feedCtx, endFeed := context.WithCancel(background)
	defer endFeed()
	failed := make(chan error, 6)
	var services, feeding sync.WaitGroup
	services.Go(func() { failed <- stopped("history", p.writer.Run(background)) })
	services.Go(func() { failed <- stopped("fleet", p.fleet.Run(background)) })
	services.Go(func() { // that it ends is no reason for the program to: without a place there is nothing to do
		if err := stopped("backups", p.runBackups(backupCtx)); err != nil {
			failed <- err
		}
	})
	if disk := p.watchDisk(); disk != nil {
		services.Go(func() { failed <- stopped("disk", disk.Run(background)) })
	}
	feeding.Go(func() { failed <- stopped("live feed", p.feed.Run(feedCtx)) })
	var cause error
	if err := p.start(ctx, &services, background, failed); err == nil {
		cause = p.untilAsked(ctx, failed)
	} else if ctx.Err() == nil { // else it was told to stop while it started
		cause = err
	}
	p.log.Info("stopping")
	endBackups()
	endFeed()
	feeding.Wait()
	p.endRequests()
	stopCtx, cancel := context.WithTimeout(background, controllersWithin)
	if err := p.fleet.Close(stopCtx); err != nil {
		p.log.Error("not every controller stopped in time", "error", err)
	}
	cancel()
	end()
	drained := make(chan struct{})
	go func() { services.Wait(); close(drained) }()
	select {
	case <-drained:
	case <-time.After(drainWithin):
		cause = errors.Join(cause, errors.New("the last readings could not be stored in time"))
	}
	return cause
}

// start starts the fleet, and the alerts once there is something to watch.
func (p *program) start(ctx context.Context, services *sync.WaitGroup, background context.Context, failed chan<- error) error {
	if err := p.fleet.Start(ctx); err != nil {
		return err
	}
	if err := p.alerts.Start(ctx); err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	services.Go(func() { failed <- stopped("alerts", p.alerts.Run(background)) })
	return nil
}

// untilAsked serves until ctx ends or something fails.
func (p *program) untilAsked(ctx context.Context, failed <-chan error) error {
	if p.opts.Demo {
		if err := p.furnish(ctx); err != nil {
			p.log.Error("the demo could not be set up completely", "error", err)
		}
	}
	serving := make(chan error, 1)
	go func() { serving <- p.serve() }()
	p.announce(ctx)
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	case err := <-serving:
		return err
	}
}

// stopped names the service that ended; nil when it ended because it was told to.
func stopped(name string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (p *program) serve() error {
	var err error
	if tls := p.opts.Config.TLS; tls.Cert != "" {
		err = p.server.ServeTLS(p.listener, tls.Cert, tls.Key)
	} else {
		err = p.server.Serve(p.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

func (p *program) endRequests() {
	ctx, cancel := context.WithTimeout(context.Background(), requestsWithin)
	defer cancel()
	if err := p.server.Shutdown(ctx); err != nil {
		_ = p.server.Close() // what is left is cut off
	}
}

// announce tells people where the program is, and the setup code as long as there is no account.
func (p *program) announce(ctx context.Context) {
	reached := p.opts.Config.BaseURL
	if reached == "" {
		reached = p.address()
	}
	code, err := p.auth.SetupCode(ctx)
	if err != nil {
		p.log.Error("the setup code could not be made", "error", err)
	}
	if code != "" {
		fmt.Fprintf(p.opts.Notices, "setup code: %s\n", code)
		fmt.Fprintf(p.opts.Notices, "open %s/setup to create the first account\n", strings.TrimRight(reached, "/"))
	}
	fmt.Fprintf(p.opts.Notices, "listening on %s\n", p.address())
}

// address is how the program is reached from this machine.
func (p *program) address() string {
	scheme := "http"
	if p.opts.Config.TLS.Cert != "" {
		scheme = "https"
	}
	addr := p.listener.Addr().String()
	if hostname, port, err := net.SplitHostPort(addr); err == nil {
		if ip := net.ParseIP(hostname); ip != nil && ip.IsUnspecified() {
			addr = net.JoinHostPort("localhost", port)
		}
	}
	return scheme + "://" + addr
}

// close closes what build has opened.
func (p *program) close() error {
	var errs []error
	if p.pool != nil {
		errs = append(errs, p.pool.Close())
	}
	if p.history != nil {
		errs = append(errs, p.history.Close())
	}
	errs = append(errs, p.remote.close())
	if p.settings != nil {
		errs = append(errs, p.settings.Close())
	}
	return errors.Join(errs...)
}
