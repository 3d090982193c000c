// Package mqttoption is the part of the options that all drivers over MQTT share: which broker, and who asks.
package mqttoption

import (
	"net/url"
	"strings"

	"hypha/internal/mqttconn"
	"hypha/internal/option"
)

// Options say where the broker is.
type Options struct {
	Broker   string `json:"broker" required:"true" format:"uri" max_len:"500" title:"Broker" placeholder:"mqtt://192.168.1.10:1883" help:"mqtt:// or ws://, with TLS mqtts:// or wss://"`
	Username string `json:"username" max_len:"200" title:"User name" help:"Empty if the broker lets everybody in"`
	Password string `json:"password" secret:"true" max_len:"1000" title:"Password"`
	CA       string `json:"tls_ca" format:"multiline" max_len:"100000" advanced:"true" title:"CA certificate" help:"For a broker whose certificate is not from a public authority: the path of its CA's PEM file, or the text of that file"`
	Insecure bool   `json:"tls_insecure" advanced:"true" title:"Take any certificate" help:"The connection is then encrypted, but anybody may pretend to be the broker"`
}

// Check reports what is wrong with the address.
func (o Options) Check() option.Errors {
	if err := o.Target().Validate(); err != nil {
		return option.Errors{{Field: "broker", Message: err.Error()}}
	}
	// The address is shown to everybody who may see the input; the fields of their own are kept secret.
	if u, err := url.Parse(strings.TrimSpace(o.Broker)); err == nil && u.User != nil {
		return option.Errors{{Field: "broker", Message: "must not hold a user name or password; they have fields of their own, where they are kept secret"}}
	}
	return nil
}

// Target is the broker as the pool of connections knows it.
func (o Options) Target() mqttconn.Broker {
	return mqttconn.Broker{URL: o.Broker, Username: o.Username, Password: o.Password, CA: o.CA, InsecureSkipVerify: o.Insecure}
}
