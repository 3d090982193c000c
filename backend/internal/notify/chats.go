package notify

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/discord"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/matrix"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/slack"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/telegram"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"hypha/internal/controller"
)

type telegramOptions struct {
	Token  string `json:"token" required:"true" secret:"true" max_len:"100" title:"Token of the bot" help:"From @BotFather"`
	Chats  string `json:"chats" required:"true" max_len:"500" title:"Chats" placeholder:"123456789, @my_channel" help:"Numbers or @names, with commas; the bot must have been written to, or be a member"`
	Silent bool   `json:"silent" advanced:"true" title:"Without a sound" help:"But for critical alerts"`
}

// Validate checks the form of the token.
func (o telegramOptions) Validate() error {
	if !telegram.IsTokenValid(o.Token) {
		return fault("token", "is no token of a bot; it has a form like 123456:ABC-def")
	}
	if len(words(o.Chats)) == 0 {
		return fault("chats", "names no chat")
	}
	return nil
}

const telegramMost = 4096 // bytes

func telegramKind() Kind {
	return define(spec[telegramOptions]{
		id: "telegram", name: "Telegram", icon: "send", tags: []string{"chat"}, description: "A bot writes to chats or channels.",
		open: func(o telegramOptions, lane *controller.Lane) (Sender, error) {
			id, key, _ := strings.Cut(o.Token, ":")
			return &chat{lane: lane, secrets: []string{o.Token, key}, prepare: func(_ context.Context, m Message) (types.Service, string, types.Params, *once, error) {
				s, err := ready(&telegram.Service{}, url.URL{Scheme: telegram.Scheme, Host: telegram.Scheme, User: url.UserPassword(id, key)},
					url.Values{"chats": {strings.Join(words(o.Chats), ",")}, "preview": {"no"}, "notification": {yes(!o.Silent || m.Level == Critical)}})
				return s, clip(m.Title+"\n"+m.body(), telegramMost), types.Params{}, nil, err
			}}, nil
		},
	})
}

type discordOptions struct {
	Webhook string `json:"webhook_url" required:"true" secret:"true" max_len:"300" title:"Address of the webhook" placeholder:"https://discord.com/api/webhooks/123/abc" help:"Channel settings, Integrations, Webhooks"`
}

// discordHook returns number and token of a webhook.
func discordHook(address string) (id, token string, ok bool) {
	m := regexp.MustCompile(`^https://(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(\d+)/([\w-]+)/?$`).FindStringSubmatch(address)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// Validate checks the form of the address.
func (o discordOptions) Validate() error {
	if _, _, ok := discordHook(o.Webhook); !ok {
		return fault("webhook_url", "is no webhook of Discord; copy it from the settings of the channel")
	}
	return nil
}

const discordMost = 1900 // characters; Discord takes 2 000

func discordKind(d Deps) Kind {
	return define(spec[discordOptions]{
		id: "discord", name: "Discord", icon: "message-circle", tags: []string{"chat"}, description: "Writes into a channel by its webhook.",
		open: func(o discordOptions, lane *controller.Lane) (Sender, error) {
			id, token, _ := discordHook(o.Webhook)
			return &chat{lane: lane, secrets: []string{o.Webhook, token}, prepare: func(ctx context.Context, m Message) (types.Service, string, types.Params, *once, error) {
				s, err := ready(&discord.Service{}, url.URL{Scheme: discord.Scheme, Host: id, User: url.User(token)},
					url.Values{"splitLines": {"no"}, "color": {colour(m)}})
				asked := &once{client: d.HTTP, ctx: ctx}
				s.HTTPClient = asked
				return s, clip(m.body(), discordMost), types.Params{"title": clip(m.Title, 250)}, asked, err
			}}, nil
		},
	})
}

// colour is red, amber, blue or green, in hexadecimal.
func colour(m Message) string {
	switch {
	case m.Good:
		return "0x3fa34d"
	case m.Level == Critical:
		return "0xd60510"
	case m.Level == Warning:
		return "0xffc441"
	}
	return "0x2488ff"
}

type slackOptions struct {
	Way     string `json:"by" enum:"webhook,bot" enum_titles:"Webhook,Bot" default:"webhook" title:"By"`
	Webhook string `json:"webhook_url" when:"by=webhook" required:"true" secret:"true" max_len:"300" title:"Address of the webhook" placeholder:"https://hooks.slack.com/services/T…/B…/…"`
	Token   string `json:"token" when:"by=bot" required:"true" secret:"true" max_len:"300" title:"Token of the bot" placeholder:"xoxb-…"`
	Channel string `json:"channel" when:"by=bot" required:"true" max_len:"50" title:"Channel" placeholder:"C001CH4NN3L"`
}

func (o slackOptions) token() (*slack.Token, error) {
	if o.Way == "bot" {
		return slack.ParseToken(o.Token)
	}
	path, ok := strings.CutPrefix(o.Webhook, "https://hooks.slack.com/services/")
	if !ok {
		return nil, slack.ErrInvalidToken
	}
	return slack.ParseToken("hook:" + strings.ReplaceAll(strings.Trim(path, "/"), "/", "-"))
}

// Validate checks the form of address or token.
func (o slackOptions) Validate() error {
	if _, err := o.token(); err != nil && o.Way == "bot" {
		return fault("token", "is no token of a bot; it has a form like xoxb-123456789012-123456789012-abc…")
	} else if err != nil {
		return fault("webhook_url", "is no webhook of Slack; it has a form like https://hooks.slack.com/services/T…/B…/…")
	}
	return nil
}

func slackKind() Kind {
	return define(spec[slackOptions]{
		id: "slack", name: "Slack", icon: "slack", tags: []string{"chat"}, description: "Writes into a channel.",
		open: func(o slackOptions, lane *controller.Lane) (Sender, error) {
			token, err := o.token()
			if err != nil {
				return nil, fault("token", "is no token")
			}
			channel := "webhook"
			if o.Way == "bot" {
				channel = o.Channel
			}
			tail := token.String()[strings.LastIndexAny(token.String(), "-/")+1:]
			return &chat{lane: lane, secrets: []string{o.Webhook, o.Token, token.String(), tail}, prepare: func(_ context.Context, m Message) (types.Service, string, types.Params, *once, error) {
				s, err := ready(&slack.Service{}, url.URL{Scheme: slack.Scheme, Host: channel, User: token.UserInfo()},
					url.Values{"color": {"#" + strings.TrimPrefix(colour(m), "0x")}})
				return s, clip(m.body(), 3000), types.Params{"title": m.Title}, nil, err
			}}, nil
		},
	})
}

type matrixOptions struct {
	Server string `json:"server" required:"true" max_len:"300" title:"Homeserver" placeholder:"https://matrix.org"`
	Token  string `json:"token" required:"true" secret:"true" max_len:"1000" title:"Access token"`
	Rooms  string `json:"rooms" required:"true" max_len:"1000" title:"Rooms" placeholder:"!abc:matrix.org, #tent:matrix.org" help:"With commas; the account must be allowed to join"`
}

// Validate checks the address.
func (o matrixOptions) Validate() error {
	u, _, err := server(o.Server)
	if err == nil && strings.Trim(u.Path, "/") != "" {
		return fault("server", "must be the address of the server alone, without a path")
	}
	return err
}

func matrixKind() Kind {
	return define(spec[matrixOptions]{
		id: "matrix", name: "Matrix", icon: "messages-square", tags: []string{"chat"}, description: "Writes into rooms.",
		open: func(o matrixOptions, lane *controller.Lane) (Sender, error) {
			u, plain, err := server(o.Server)
			if err != nil {
				return nil, err
			}
			return &chat{lane: lane, secrets: []string{o.Token}, prepare: func(_ context.Context, m Message) (types.Service, string, types.Params, *once, error) {
				s, err := ready(&matrix.Service{}, url.URL{Scheme: matrix.Scheme, Host: u.Host, User: url.UserPassword("", o.Token)},
					url.Values{"rooms": {strings.Join(words(o.Rooms), ",")}, "disableTLS": {yes(plain)}})
				return s, m.Title + "\n" + m.body(), types.Params{}, nil, err
			}}, nil
		},
	})
}
