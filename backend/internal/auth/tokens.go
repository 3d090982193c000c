package auth

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hypha/internal/option"
	"hypha/internal/settings"
)

// Token is the API token of a program. Its secret is told when it is created, and never again.
type Token struct {
	ID         int64      `json:"id"`
	UserID     int64      `json:"user_id"`
	Name       string     `json:"name"`
	Role       Role       `json:"role"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at,omitempty"`   // nil = never
	LastUsedAt *time.Time `json:"last_used_at,omitempty"` // to some minutes
}

// NewToken is what a token is to be.
type NewToken struct {
	Name      string     // 1 to 64 characters, for people
	Role      Role       // "" = as much as its creator may
	ExpiresAt *time.Time // nil = never
}

// maxTokens a user has at a time.
const maxTokens = 1_000

func tokenOf(t settings.Token) Token {
	return Token{
		ID: t.ID, UserID: t.UserID, Name: t.Name, Role: Role(t.Role),
		CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt,
	}
}

// CreateToken gives the user of p a token that may do no more than p may and lasts no longer than a token that p comes
// through. Errors are option.Errors for name, role and expires_at.
func (s *Service) CreateToken(ctx context.Context, p Principal, n NewToken) (t Token, secret string, err error) {
	if n.Role == "" {
		n.Role = p.Role
	}
	if n.ExpiresAt == nil && p.TokenID != 0 && !p.ExpiresAt.IsZero() {
		n.ExpiresAt = &p.ExpiresAt
	}
	if err := orNil(checkToken(p, n)); err != nil {
		return Token{}, "", err
	}
	_, total, err := s.store.Tokens.List(ctx, p.User.ID, 1, 0)
	if err != nil {
		return Token{}, "", err
	}
	if total >= maxTokens {
		return Token{}, "", option.Errors{{Message: fmt.Sprintf("you have %d tokens: delete one first", total)}}
	}
	secret = tokenPrefix + newSecret()
	d := digestOf(secret)
	row := settings.Token{UserID: p.User.ID, Name: n.Name, Role: string(n.Role), Hash: d[:], ExpiresAt: n.ExpiresAt}
	if err := s.store.Tokens.Create(ctx, &row); err != nil {
		return Token{}, "", err
	}
	s.cfg.OnEvent("token_created", p.User.Username, "")
	return tokenOf(row), secret, nil
}

func checkToken(p Principal, n NewToken) (errs option.Errors) {
	switch {
	case n.Name == "":
		errs = complain(errs, "name", "is required")
	case !utf8.ValidString(n.Name) || strings.ContainsFunc(n.Name, unicode.IsControl) || strings.TrimSpace(n.Name) != n.Name:
		errs = complain(errs, "name", "must not hold control characters or begin or end with a space")
	case utf8.RuneCountInString(n.Name) > maxUsername:
		errs = complain(errs, "name", fmt.Sprintf("must be at most %d characters", maxUsername))
	}
	if bad := checkRole(n.Role); bad != nil {
		errs = append(errs, bad...)
	} else if !p.Role.Allows(n.Role) {
		errs = complain(errs, "role", fmt.Sprintf("must not be above %s, which is yours", p.Role))
	}
	if n.ExpiresAt == nil {
		return errs
	}
	if !time.Now().Before(*n.ExpiresAt) {
		errs = complain(errs, "expires_at", "must be in the future")
	}
	if p.TokenID != 0 && !p.ExpiresAt.IsZero() && n.ExpiresAt.After(p.ExpiresAt) {
		errs = complain(errs, "expires_at", "must not be after the end of the token that asks for it")
	}
	return errs
}

// Tokens lists the tokens that p may see, by id: all for an administrator, else their own.
func (s *Service) Tokens(ctx context.Context, p Principal, limit, offset int) ([]Token, int64, error) {
	rows, total, err := s.store.Tokens.List(ctx, s.scope(p), limit, offset)
	tokens := make([]Token, len(rows))
	for i, row := range rows {
		tokens[i] = tokenOf(row)
	}
	return tokens, total, err
}

// DeleteToken ends token id. settings.ErrNotFound when p may not see it.
func (s *Service) DeleteToken(ctx context.Context, p Principal, id int64) error {
	row, err := s.store.Tokens.Get(ctx, id)
	if err != nil {
		return err
	}
	if own := s.scope(p); own != 0 && row.UserID != own {
		return fmt.Errorf("token %d: %w", id, settings.ErrNotFound)
	}
	defer s.revoked()
	if err := s.store.Tokens.Delete(ctx, id); err != nil {
		return err
	}
	s.cfg.OnEvent("token_deleted", p.User.Username, "")
	return nil
}

// scope is the user whose tokens p may see; 0 = all.
func (s *Service) scope(p Principal) int64 {
	if p.Role.Allows(Admin) {
		return 0
	}
	return p.User.ID
}
