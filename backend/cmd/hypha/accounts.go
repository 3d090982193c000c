package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hypha/internal/auth"
	"hypha/internal/settings"
)

type userCmd struct {
	Add userAddCmd `cmd:"" help:"Add an account."`
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Create an API token and print its secret."`
}

// accounts opens the accounts of a data folder beside a server that may run, and calls do.
func accounts(ctx context.Context, dir string, do func(*auth.Service) error) error {
	store, err := settings.Open(ctx, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }() // everything is committed
	return do(auth.New(store, auth.Config{Dir: dir}))
}

type userAddCmd struct {
	Data          string `required:"" help:"Data folder." placeholder:"DIR"`
	Username      string `required:"" help:"Name to sign in with."`
	PasswordStdin bool   `required:"" help:"Read the password from the first line of standard input."`
	Role          string `default:"admin" enum:"admin,operator,viewer" help:"admin, operator or viewer."`
}

// Run is called by kong.
func (c *userAddCmd) Run(ctx context.Context) error {
	line, err := bufio.NewReader(io.LimitReader(os.Stdin, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the password: %w", err)
	}
	return accounts(ctx, c.Data, func(s *auth.Service) error {
		user, err := s.AddUser(ctx, c.Username, strings.TrimRight(line, "\r\n"), auth.Role(c.Role))
		if errors.Is(err, settings.ErrConflict) {
			return fmt.Errorf("there is a user %q already", c.Username)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "added %s (%s)\n", user.Username, user.Role)
		return nil
	})
}

type tokenCreateCmd struct {
	Data    string        `required:"" help:"Data folder." placeholder:"DIR"`
	User    string        `required:"" help:"Whose token."`
	Name    string        `required:"" help:"What it is for."`
	Role    string        `default:"" enum:",admin,operator,viewer" help:"At most the user's own, which is the default."`
	Expires time.Duration `default:"0" help:"Ends after this time, for example 720h; default never."`
}

// Run is called by kong.
func (c *tokenCreateCmd) Run(ctx context.Context) error {
	if c.Expires < 0 {
		return usageError{errors.New("--expires must be above 0")}
	}
	if _, err := os.Stat(filepath.Join(c.Data, settings.File)); err != nil {
		return fmt.Errorf("there is no Hypha in %s: %w", c.Data, err)
	}
	return accounts(ctx, c.Data, func(s *auth.Service) error {
		who, err := s.AsUser(ctx, c.User)
		if errors.Is(err, settings.ErrNotFound) {
			return fmt.Errorf("there is no user %q", c.User)
		}
		if err != nil {
			return err
		}
		var expires *time.Time
		if c.Expires > 0 {
			at := time.Now().Add(c.Expires)
			expires = &at
		}
		_, secret, err := s.CreateToken(ctx, who, auth.NewToken{Name: c.Name, Role: auth.Role(c.Role), ExpiresAt: expires})
		if err != nil {
			return err
		}
		fmt.Println(secret)
		return nil
	})
}

type healthCmd struct {
	URL string `default:"http://127.0.0.1:8080" env:"HYPHA_HEALTH_URL" help:"Where Hypha serves."`
}

// Run is called by kong.
func (c *healthCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(c.URL, "/")+"/api/v1/health", nil)
	if err != nil {
		return usageError{err}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", resp.Status)
	}
	return nil
}

type versionCmd struct {
	JSON bool `name:"json" help:"As JSON."`
}

// Run is called by kong.
func (c *versionCmd) Run() error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(build())
	}
	fmt.Printf("hypha %s (%s)\n", version, commit)
	return nil
}
