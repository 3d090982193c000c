package alerting

import (
	"context"
	"errors"
	"strings"
	"time"

	"hypha/internal/alert"
	"hypha/internal/notify"
)

// Announcement is what a function or a script wants people to know; no rule stands behind it.
type Announcement struct {
	Title    string
	Text     string
	Severity alert.Severity // "": info
}

// ErrNobody says that there is no route that takes an announcement.
var ErrNobody = errors.New("nobody can be told: add a notification route, or enable one that takes this severity")

// Announce queues an announcement by every route that takes its severity. The error says why nobody will be told.
func (s *Service) Announce(ctx context.Context, a Announcement) error {
	if a.Severity == "" {
		a.Severity = alert.Info
	}
	if strings.TrimSpace(a.Title) == "" {
		a.Title, a.Text = a.Text, ""
	}
	s.mu.Lock()
	routes := s.routesOf(Draft{Severity: a.Severity})
	s.mu.Unlock()
	if len(routes) == 0 {
		return ErrNobody
	}
	s.queue.Add(ctx, notify.Message{
		Title: a.Title, Body: a.Text, Level: notify.Level(a.Severity), At: time.Now(), Link: s.link(), About: []notify.About{},
	}, routes...)
	return nil
}
