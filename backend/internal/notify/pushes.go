package notify

import (
	"context"
	"net/url"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/gotify"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/ntfy"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/pushover"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"hypha/internal/controller"
)

type ntfyOptions struct {
	Server   string `json:"server" default:"https://ntfy.sh" max_len:"300" title:"Server"`
	Topic    string `json:"topic" required:"true" max_len:"64" pattern:"^[A-Za-z0-9_-]+$" title:"Topic" placeholder:"my-tent-7f3a" help:"Whoever knows it can read along on a public server: choose one that nobody guesses"`
	Username string `json:"username" max_len:"200" advanced:"true" title:"User name" help:"Empty with an access token"`
	Password string `json:"password" secret:"true" max_len:"200" advanced:"true" title:"Password or access token"`
}

// Validate checks the address.
func (o ntfyOptions) Validate() error {
	u, _, err := server(o.Server)
	if err == nil && strings.Trim(u.Path, "/") != "" {
		return fault("server", "must be the address of the server alone, without a path")
	}
	return err
}

// priority chooses by how much a message matters.
func priority[T any](m Message, low, normal, high T) T {
	switch {
	case m.Level == Critical && !m.Good:
		return high
	case m.Level == Info || m.Good:
		return low
	}
	return normal
}

func ntfyKind(d Deps) Kind {
	return define(spec[ntfyOptions]{
		id: "ntfy", name: "ntfy", icon: "bell", tags: []string{"push"}, description: "Pushes to phones and desktops that follow a topic; public server or your own.",
		open: func(o ntfyOptions, lane *controller.Lane) (Sender, error) {
			u, plain, err := server(o.Server)
			if err != nil {
				return nil, err
			}
			return &chat{lane: lane, secrets: []string{o.Password}, prepare: func(ctx context.Context, m Message) (types.Service, string, types.Params, *once, error) {
				query := url.Values{"disabletls": {yes(plain)}, "priority": {priority(m, "Low", "Default", "Max")}}
				if m.Link != "" {
					query.Set("click", m.Link)
				}
				address := url.URL{Scheme: ntfy.Scheme, Host: u.Host, Path: "/" + o.Topic}
				if o.Username != "" || o.Password != "" {
					address.User = url.UserPassword(o.Username, o.Password)
				}
				s, err := ready(&ntfy.Service{}, address, query)
				asked := &once{client: d.HTTP, ctx: ctx}
				s.SetHTTPClient(asked.httpClient())
				return s, clip(m.body(), 4000), types.Params{"title": clip(line(m.Title), 250)}, asked, err
			}}, nil
		},
	})
}

// line is text on one line, as a header needs it.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }

type pushoverOptions struct {
	User    string `json:"user" required:"true" secret:"true" max_len:"100" pattern:"^[A-Za-z0-9]+$" title:"User key"`
	Token   string `json:"token" required:"true" secret:"true" max_len:"100" pattern:"^[A-Za-z0-9]+$" title:"Application token"`
	Devices string `json:"devices" max_len:"300" advanced:"true" title:"Devices" help:"With commas; empty: all"`
}

func pushoverKind(d Deps) Kind {
	return define(spec[pushoverOptions]{
		id: "pushover", name: "Pushover", icon: "smartphone", tags: []string{"push"}, description: "Pushes to the Pushover app.",
		open: func(o pushoverOptions, lane *controller.Lane) (Sender, error) {
			return &chat{lane: lane, secrets: []string{o.User, o.Token}, prepare: func(ctx context.Context, m Message) (types.Service, string, types.Params, *once, error) {
				s, err := ready(&pushover.Service{}, url.URL{Scheme: pushover.Scheme, Host: o.User, User: url.UserPassword("hypha", o.Token)},
					url.Values{"devices": {strings.Join(words(o.Devices), ",")}, "priority": {priority(m, "-1", "0", "1")}})
				asked := &once{client: d.HTTP, ctx: ctx}
				s.Client = asked.httpClient()
				return s, clip(m.body(), 1000), types.Params{"title": clip(m.Title, 240)}, asked, err
			}}, nil
		},
	})
}

type gotifyOptions struct {
	Server string `json:"server" required:"true" max_len:"300" title:"Server" placeholder:"https://gotify.example.org"`
	Token  string `json:"token" required:"true" secret:"true" max_len:"15" pattern:"^A[A-Za-z0-9._-]{14}$" placeholder:"AbCdEfGhIjKlMnO" title:"Token of the application"`
}

// Validate checks the address.
func (o gotifyOptions) Validate() error {
	_, _, err := server(o.Server)
	return err
}

func gotifyKind() Kind {
	return define(spec[gotifyOptions]{
		id: "gotify", name: "Gotify", icon: "bell-dot", tags: []string{"push"}, description: "Pushes by your own Gotify server.",
		open: func(o gotifyOptions, lane *controller.Lane) (Sender, error) {
			u, plain, err := server(o.Server)
			if err != nil {
				return nil, err
			}
			// Set up once: each set-up makes connections of its own, which nobody could close.
			s, err := ready(&gotify.Service{}, url.URL{Scheme: gotify.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/") + "/" + o.Token},
				url.Values{"disabletls": {yes(plain)}, "useheader": {"yes"}})
			if err != nil {
				return nil, fault("server", "cannot be used: "+strike(err.Error(), o.Token))
			}
			s.Config.Path = strings.TrimRight(u.Path, "/") // the library keeps a slash and adds another
			return &chat{lane: lane, secrets: []string{o.Token}, prepare: func(_ context.Context, m Message) (types.Service, string, types.Params, *once, error) {
				return s, m.body(), types.Params{"title": m.Title, "priority": priority(m, "2", "5", "8")}, nil, nil
			}}, nil
		},
	})
}
