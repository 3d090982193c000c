package notify

import (
	"context"
	"encoding/json"
	"net/http"

	"hypha/internal/controller"
	"hypha/internal/option"
)

// Deps is what senders need.
type Deps struct {
	HTTP *http.Client // its own limits hold beside those of a call
	// Keys is the key pair by which browsers know this installation; nil: web push cannot be used.
	Keys func(ctx context.Context) (PushKeys, error)
	// Contact is an address that push services may complain to: mailto: or https:.
	Contact string
}

// Kind is an entry of the catalogue. Make them with Kinds.
type Kind struct {
	ID, Name, Description, Icon string
	Tags                        []string
	Options                     *option.Spec

	bind func(raw json.RawMessage, lane *controller.Lane) (Sender, error)
}

// Bind checks options and returns a sender, without reaching out. The lane is the one of the route: calls that ignore the
// end of their time keep it busy. The error is an option.Errors when the options are at fault.
func (k Kind) Bind(options json.RawMessage, lane *controller.Lane) (Sender, error) {
	return k.bind(options, lane)
}

// spec declares a kind whose options have the type O.
type spec[O any] struct {
	id, name, description, icon string
	tags                        []string
	open                        func(o O, lane *controller.Lane) (Sender, error)
}

func define[O any](s spec[O]) Kind {
	k := Kind{ID: s.id, Name: s.name, Description: s.description, Icon: s.icon, Tags: s.tags, Options: option.MustFor[O]()}
	k.bind = func(raw json.RawMessage, lane *controller.Lane) (Sender, error) {
		var o O
		if err := k.Options.Decode(raw, &o); err != nil {
			return nil, err
		}
		return s.open(o, lane)
	}
	return k
}

// Kinds is the catalogue.
func Kinds(d Deps) []Kind {
	kinds := []Kind{
		emailKind(), ntfyKind(d), telegramKind(), discordKind(d), slackKind(), pushoverKind(d), gotifyKind(), matrixKind(), webhookKind(d),
	}
	if d.Keys != nil {
		kinds = append(kinds, webPushKind(d))
	}
	return kinds
}

func fault(field, message string) error {
	return option.Errors{{Field: field, Message: message}}
}
