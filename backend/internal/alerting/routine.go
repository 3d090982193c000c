package alerting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hypha/internal/alert"
	"hypha/internal/notify"
	"hypha/internal/settings"
)

const (
	beatWithin     = 20 * time.Second
	pruneEvery     = time.Hour
	keptDeliveries = 5000
	binFor         = 24 * time.Hour
	digestWithin   = 10 * time.Second
)

// heartbeat is how the heartbeat does.
type heartbeat struct {
	next    time.Time // on the monotonic clock
	busy    bool
	arrived time.Time
	failed  string    // why the last one has not arrived; "" when it has
	pruned  time.Time // when the deliveries were last trimmed
}

// routine does what is due once a second: messages, saving, the heartbeat, the digest.
func (s *Service) routine(ctx context.Context, now time.Time) {
	s.mu.Lock()
	messages := s.herald.Tick(now)
	for _, m := range messages {
		for _, n := range m.Notices {
			s.dirty[n.Rule] = true
		}
	}
	unsaved := len(s.dirty) > 0
	beat, due := s.prefs.Heartbeat, s.prefs.Heartbeat.Enabled && !s.beat.busy && !now.Before(s.beat.next)
	if due {
		s.beat.busy, s.beat.next = true, now.Add(seconds(beat.Every))
	}
	prune := now.Sub(s.beat.pruned) >= pruneEvery
	if prune {
		s.beat.pruned = now
	}
	s.mu.Unlock()
	for _, m := range messages {
		s.queue.Add(ctx, s.messageOf(m, now), m.Route)
	}
	if unsaved {
		s.save(ctx)
	}
	if due { // from here, so that it is missed when rules are no longer judged
		s.work.Go(func() { s.sendBeat(ctx, beat) })
	}
	if prune {
		s.tidy(ctx, now)
	}
	s.sendDigest(ctx, now)
}

// tidy trims what grows.
func (s *Service) tidy(ctx context.Context, now time.Time) {
	if _, err := s.cfg.Store.Deliveries.Prune(ctx, keptDeliveries); err != nil {
		s.log.Error("the list of notifications cannot be trimmed", "error", err)
	}
	if _, err := s.cfg.Store.AlertRules.Purge(ctx, now.Add(-binFor)); err != nil {
		s.log.Error("deleted alerts cannot be purged", "error", err)
	}
	if _, err := s.cfg.Store.Routes.Purge(ctx, now.Add(-binFor)); err != nil {
		s.log.Error("deleted notification routes cannot be purged", "error", err)
	}
}

func (s *Service) sendBeat(ctx context.Context, o HeartbeatOptions) {
	ctx, cancel := context.WithTimeout(ctx, beatWithin)
	defer cancel()
	err := notify.Beat(ctx, s.cfg.HTTP, o.Method, o.URL)
	s.mu.Lock()
	was := s.beat.failed
	s.beat.busy = false
	if err == nil {
		s.beat.arrived, s.beat.failed = time.Now(), ""
	} else {
		s.beat.failed = err.Error()
	}
	s.mu.Unlock()
	switch {
	case err != nil && was == "":
		s.cfg.Note("notification", "heartbeat", "", "The heartbeat does not arrive: "+err.Error(), map[string]any{"error": err.Error()})
	case err == nil && was != "":
		s.cfg.Note("notification", "heartbeat", "", "The heartbeat arrives again", map[string]any{})
	}
}

// digestKey is where the day of the last digest lies.
const digestKey = "notifications/digest"

// sendDigest sends the digest once a day, at its time or when the program starts after it.
func (s *Service) sendDigest(ctx context.Context, now time.Time) {
	s.mu.Lock()
	o, last := s.prefs.Digest, s.digest
	s.mu.Unlock()
	if !o.Enabled {
		return
	}
	local := now.In(s.cfg.Location)
	day := local.Format(time.DateOnly)
	if last >= day || local.Hour()*60+local.Minute() < minutes(o.At) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, digestWithin)
	defer cancel()
	var stored string
	if _, err := s.cfg.Store.KV.Get(ctx, digestKey, &stored); err != nil {
		s.log.Error("it is not known when the last digest was sent; it is sent again", "error", err)
	}
	s.mu.Lock()
	s.digest = day
	s.mu.Unlock()
	if stored >= day {
		return
	}
	if err := s.cfg.Store.KV.Set(ctx, digestKey, day); err != nil {
		s.log.Error("the day of the digest cannot be kept", "error", err)
	}
	m, routes := s.digestOf(ctx, now)
	s.queue.Add(ctx, m, routes...)
}

// digestOf says how things are, and what there was within a day.
func (s *Service) digestOf(ctx context.Context, now time.Time) (notify.Message, []int64) {
	var wrong []string
	var routes []int64
	s.mu.Lock()
	rules := 0
	for _, r := range s.rules {
		st := s.status(r.row)
		if st.State != Inactive {
			rules++
		}
		if st.State.Complains() {
			wrong = append(wrong, fmt.Sprintf("- %s (%s): %s", r.row.Name, r.row.Severity, st.Text))
		}
	}
	for id, r := range s.routes {
		if r.Enabled && r.Digest {
			routes = append(routes, id)
		}
	}
	waiting := s.queue.Len()
	s.mu.Unlock()
	slices.Sort(wrong)
	slices.Sort(routes)

	var ill []string
	running := 0
	controllers, err := s.cfg.Sources.ControllersNow(ctx)
	if err != nil {
		ill = append(ill, "- nobody knows: "+err.Error())
	}
	for _, c := range controllers {
		switch c.Status.State {
		case "degraded", "backing_off", "failed":
			ill = append(ill, fmt.Sprintf("- %s: %s", c.Ref, c.Status.Error))
		case "running":
			running++
		default:
		}
	}
	slices.Sort(ill)

	fired := map[string]int{}
	events, _, err := s.cfg.Store.Events.List(ctx, settings.EventFilter{Type: "alert", From: now.Add(-24 * time.Hour).UnixMilli(), Limit: 1000})
	for _, e := range events {
		if strings.HasPrefix(e.Source, alert.AlertSource) && strings.Contains(string(e.Data), `"state":"firing"`) {
			fired[e.Source]++
		}
	}
	m := notify.Message{Title: "Daily digest: all is well", Level: notify.Info, Good: true, At: now, Link: s.link(), About: []notify.About{}, Digest: true}
	if n := len(wrong) + len(ill); n > 0 {
		m.Title, m.Good = fmt.Sprintf("Daily digest: %d things need you", n), false
		if n == 1 {
			m.Title = "Daily digest: one thing needs you"
		}
	}
	var b strings.Builder
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(&b, "%s\n%s\n\n", title, strings.Join(lines, "\n"))
		}
	}
	section("Alerts now:", wrong)
	section("Out of order:", ill)
	fmt.Fprintf(&b, "%d alerts watch, %d inputs, outputs and functions run.\n", rules, running)
	switch {
	case err != nil:
		b.WriteString("What fired in the last 24 h is not known: " + err.Error())
	case len(fired) == 0:
		b.WriteString("Nothing fired in the last 24 h.")
	default:
		total := 0
		for _, n := range fired {
			total += n
		}
		fmt.Fprintf(&b, "In the last 24 h %d alerts fired, %d times in all.", len(fired), total)
	}
	if waiting > 0 {
		fmt.Fprintf(&b, "\n%d notifications wait to be delivered.", waiting)
	}
	m.Body = b.String()
	return m, routes
}
