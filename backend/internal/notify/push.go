package notify

import (
	"context"
	"encoding/json"
	"net/http"

	webpush "github.com/SherClockHolmes/webpush-go"

	"hypha/internal/controller"
)

// PushKeys is the VAPID key pair (RFC 8292) by which browsers know this installation, in unpadded URL base64. Who loses
// it loses all subscriptions.
type PushKeys struct {
	Public  string `json:"public"`
	Private string `json:"private"`
}

// NewPushKeys makes a key pair.
func NewPushKeys() (PushKeys, error) {
	private, public, err := webpush.GenerateVAPIDKeys()
	return PushKeys{Public: public, Private: private}, err
}

type webPushOptions struct {
	Endpoint string `json:"endpoint" required:"true" secret:"true" max_len:"2000" title:"Endpoint" help:"Given by the browser, as are the keys: use the button in the browser that shall be told"`
	P256dh   string `json:"p256dh" required:"true" secret:"true" max_len:"200" title:"Public key of the browser"`
	Auth     string `json:"auth" required:"true" secret:"true" max_len:"100" title:"Secret of the browser"`
}

// Validate checks the endpoint.
func (o webPushOptions) Validate() error { return checkURL("endpoint", o.Endpoint, "https") }

func webPushKind(d Deps) Kind {
	return define(spec[webPushOptions]{
		id: "web_push", name: "Browser (web push)", icon: "app-window", tags: []string{"push"},
		description: "Messages of this page to a browser or phone, also while the page is closed. Needs HTTPS.",
		open: func(o webPushOptions, _ *controller.Lane) (Sender, error) {
			return &pusher{o: o, deps: d}, nil
		},
	})
}

type pusher struct {
	o    webPushOptions
	deps Deps
}

const (
	pushTTL  = 24 * 60 * 60 // s that the push service keeps it for a device that is off
	pushBody = 2500         // bytes; a push service takes 4096 with all that is around
)

// Send hands the message to the browser's push service.
func (p *pusher) Send(ctx context.Context, m Message) error {
	keys, err := p.deps.Keys(ctx)
	if err != nil {
		return &Failure{Reason: "the key of web push cannot be had: " + err.Error()}
	}
	body, err := json.Marshal(map[string]any{"title": clip(m.Title, 300), "body": clip(m.Body, pushBody), "severity": m.Level, "link": m.Link})
	if err != nil {
		return refused("the message cannot be written as JSON: %v", err)
	}
	urgency := webpush.UrgencyNormal
	if m.Level == Critical {
		urgency = webpush.UrgencyHigh
	}
	call := &once{client: p.deps.HTTP}
	resp, err := webpush.SendNotificationWithContext(ctx, body,
		&webpush.Subscription{Endpoint: p.o.Endpoint, Keys: webpush.Keys{Auth: p.o.Auth, P256dh: p.o.P256dh}},
		&webpush.Options{
			HTTPClient: call, Subscriber: p.deps.Contact, TTL: pushTTL, Urgency: urgency,
			VAPIDPublicKey: keys.Public, VAPIDPrivateKey: keys.Private,
		})
	if err == nil {
		_ = resp.Body.Close() // once has judged it
		return nil
	}
	if call.failed == nil { // it did not get as far as asking
		return refused("the keys of the browser are no keys: %v", err)
	}
	if call.status == http.StatusGone || call.status == http.StatusNotFound {
		return refused("the browser does not want messages any more: subscribe again, or delete this route")
	}
	return call.failed
}
