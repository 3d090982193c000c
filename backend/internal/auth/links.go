package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hypha/internal/option"
	"hypha/internal/settings"
)

// Link shows a dashboard to whoever has its secret, which is told when it is made, and never again.
type Link struct {
	ID         int64
	Dashboard  int64
	Name       string // for people
	CreatedAt  time.Time
	ExpiresAt  *time.Time // nil = never
	LastUsedAt *time.Time // nil = never
}

// NewLink is what a link is to be.
type NewLink struct {
	Name      string     // 1 to 64 characters
	ExpiresAt *time.Time // nil = never
}

const (
	// linkPrefix tells secrets of links from others, for people and for scanners of leaked secrets.
	linkPrefix = "hyl_"
	// maxLinks a dashboard has at a time.
	maxLinks = 50
	// screenTTL is how long a browser may show a link before it must use the link again.
	screenTTL = 24 * time.Hour
)

func linkOf(l settings.DashboardLink) Link {
	return Link{ID: l.ID, Dashboard: l.DashboardID, Name: l.Name, CreatedAt: l.CreatedAt, ExpiresAt: l.ExpiresAt, LastUsedAt: l.LastUsedAt}
}

// CreateLink makes a link to a dashboard; whether p may is for the caller to say. It ends when the user of p is deleted.
// Errors are option.Errors for name and expires_at.
func (s *Service) CreateLink(ctx context.Context, p Principal, dashboard int64, n NewLink) (l Link, secret string, err error) {
	errs := checkLabel(n.Name)
	if n.ExpiresAt != nil && !time.Now().Before(*n.ExpiresAt) {
		errs = complain(errs, "expires_at", "must be in the future")
	}
	if err := orNil(errs); err != nil {
		return Link{}, "", err
	}
	have, err := s.store.Links.Of(ctx, dashboard)
	if err != nil {
		return Link{}, "", err
	}
	if len(have) >= maxLinks {
		return Link{}, "", option.Errors{{Message: fmt.Sprintf("the dashboard has %d links: delete one first", len(have))}}
	}
	secret = linkPrefix + newSecret()
	d := digestOf(secret)
	row := settings.DashboardLink{DashboardID: dashboard, UserID: p.User.ID, Name: n.Name, Hash: d[:], ExpiresAt: n.ExpiresAt}
	if err := s.store.Links.Create(ctx, &row); err != nil {
		return Link{}, "", err
	}
	s.cfg.OnEvent("link_created", p.User.Username, "")
	return linkOf(row), secret, nil
}

// Links lists the links of a dashboard, by id.
func (s *Service) Links(ctx context.Context, dashboard int64) ([]Link, error) {
	rows, err := s.store.Links.Of(ctx, dashboard)
	links := make([]Link, len(rows))
	for i, row := range rows {
		links[i] = linkOf(row)
	}
	return links, err
}

// DeleteLink ends a link of a dashboard, and what shows it, at once.
func (s *Service) DeleteLink(ctx context.Context, p Principal, dashboard, id int64) error {
	defer s.revoked()
	if err := s.store.Links.Delete(ctx, dashboard, id); err != nil {
		return err
	}
	s.cfg.OnEvent("link_deleted", p.User.Username, "")
	return nil
}

// OpenLink exchanges the secret of a link for a session that may only look. Wrong secrets count as wrong passwords do.
// Errors are ErrUnknown, ErrExpired and *TooManyError.
func (s *Service) OpenLink(ctx context.Context, secret string, from Client) (Link, Session, error) {
	source := sourceOf(from.Address)
	if err := s.sources.take(source); err != nil {
		return Link{}, Session{}, err
	}
	now := time.Now()
	d := digestOf(secret)
	row, err := s.store.Links.ByHash(ctx, d[:])
	if err == nil && row.ExpiresAt != nil && !now.Before(*row.ExpiresAt) {
		err = ErrExpired
	}
	if errors.Is(err, settings.ErrNotFound) {
		s.cfg.OnEvent("link_refused", "", from.Address)
		return Link{}, Session{}, ErrUnknown
	}
	s.sources.giveBack(source)
	if err != nil {
		return Link{}, Session{}, err
	}
	if row.LastUsedAt == nil || now.Sub(*row.LastUsedAt) >= touchEvery {
		if err := s.store.Links.Touch(ctx, row.ID, now); err != nil {
			s.cfg.Logger.Warn("use of a link was not noted", "error", err)
		}
	}
	until := now.Add(screenTTL)
	if row.ExpiresAt != nil && row.ExpiresAt.Before(until) {
		until = *row.ExpiresAt
	}
	session := Session{Secret: newSecret(), ExpiresAt: until}
	s.screens.put(digestOf(session.Secret), screen{link: row.ID, until: until})
	return linkOf(row), session, nil
}

// ByScreen returns who the session of a link is: a viewer without a name. ErrUnknown and ErrExpired mean: use the link
// again.
func (s *Service) ByScreen(ctx context.Context, secret string) (Principal, error) {
	d := digestOf(secret)
	known, ok := s.screens.get(d)
	if !ok {
		return Principal{}, ErrUnknown
	}
	return s.byLink(ctx, known.link, d)
}

// byLink asks the store each time, so that a link ends at once, whoever deletes it.
func (s *Service) byLink(ctx context.Context, id int64, d digest) (Principal, error) {
	known, ok := s.screens.get(d)
	if !ok {
		return Principal{}, ErrUnknown
	}
	if !time.Now().Before(known.until) {
		return Principal{}, ErrExpired
	}
	row, err := s.store.Links.Get(ctx, id)
	if err != nil {
		return Principal{}, unknown(err)
	}
	link := linkOf(row)
	return Principal{Role: Viewer, Link: &link, ExpiresAt: known.until, digest: d}, nil
}
