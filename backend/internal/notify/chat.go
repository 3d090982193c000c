package notify

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"hypha/internal/controller"
)

// chat sends by a service of shoutrrr.
type chat struct {
	lane    *controller.Lane
	secrets []string // struck out of what the service says
	// prepare makes the service for one message, with what it shall say. asked notes what the service's own HTTP client
	// saw, where the service lets one be given.
	prepare func(ctx context.Context, m Message) (service types.Service, text string, params types.Params, asked *once, err error)
}

// chatWithin bounds one message; the context may end earlier.
const chatWithin = 20 * time.Second

// Send runs the service on the lane of the route.
func (c *chat) Send(ctx context.Context, m Message) error {
	asked, err := controller.Call(ctx, c.lane, chatWithin, func(ctx context.Context) (*once, error) {
		service, text, params, asked, err := c.prepare(ctx, m)
		if err != nil {
			return asked, err
		}
		return asked, service.Send(text, &params)
	})
	var late *controller.TimeoutError
	switch {
	case err == nil:
		return nil
	case asked != nil && asked.failed != nil:
		f := *asked.failed
		f.Reason = c.strike(f.Reason)
		return &f
	case errors.As(err, &late), errors.Is(err, controller.ErrLaneBusy):
		return &Failure{Reason: "the service gave no answer in time"}
	case ctx.Err() != nil:
		return ctx.Err()
	}
	reason := c.strike(err.Error())
	return &Failure{Reason: reason, Hopeless: hopeless(reason)}
}

// strike takes the secrets out, also as they look in addresses.
func (c *chat) strike(text string) string {
	for _, s := range c.secrets {
		text = strike(text, s, url.QueryEscape(s), url.PathEscape(s))
	}
	return text
}

// What services say that do not give the status: a number, Telegram's words for it, or Slack's.
var (
	statusInText = regexp.MustCompile(`(?:^|[^:.\d])([45]\d\d)(?:[^\d]|$)`)
	finalWords   = regexp.MustCompile(`^(?:Bad Request|Unauthorized|Forbidden|Not Found)\b|\b(?:invalid_\w+|no_service|\w+_not_found|\w+_archived|action_prohibited|not_in_channel)\b`)
)

// hopeless reads the status out of the words of services that do not give it.
func hopeless(reason string) bool {
	for _, found := range statusInText.FindAllStringSubmatch(reason, -1) {
		if status, err := strconv.Atoi(found[1]); err == nil && status < 500 {
			return judge(status, nil, nil).Hopeless
		}
	}
	return finalWords.MatchString(reason)
}

// service is one of shoutrrr's that is set up by its address.
type service interface {
	types.Service
	Initialize(u *url.URL, logger types.StdLogger) error
}

// ready sets a service up.
func ready[S service](s S, u url.URL, query url.Values) (S, error) {
	u.RawQuery = query.Encode()
	return s, s.Initialize(&u, nil)
}

// server splits the address of a service's own server.
func server(raw string) (u *url.URL, plain bool, err error) {
	const field = "server"
	if err := checkURL(field, raw, "https", "http"); err != nil {
		return nil, false, err
	}
	if u, err = url.Parse(raw); err != nil {
		return nil, false, fault(field, "is no address")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, false, fault(field, "must be the address of the server alone")
	}
	return u, u.Scheme == "http", nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// words splits a list that was written with commas.
func words(list string) (all []string) {
	for w := range strings.SplitSeq(list, ",") {
		if w = strings.TrimSpace(w); w != "" {
			all = append(all, w)
		}
	}
	return all
}
