package mqttconn

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"github.com/coder/websocket"
)

// dial opens the network connection, with TLS or a WebSocket around it where the address asks for one. It ends with ctx,
// which the dialling of paho does not.
func (a address) dial(ctx context.Context) (net.Conn, error) {
	var secure *tls.Config
	if a.tls {
		var err error
		if secure, err = a.tlsConfig(); err != nil {
			return nil, err
		}
	}
	switch {
	case a.ws:
		return a.dialWebSocket(ctx, secure)
	case a.tls:
		return (&tls.Dialer{Config: secure}).DialContext(ctx, "tcp", a.url.Host)
	default:
		return (&net.Dialer{}).DialContext(ctx, "tcp", a.url.Host)
	}
}

func (a address) dialWebSocket(ctx context.Context, secure *tls.Config) (net.Conn, error) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: secure}
	//nolint:bodyclose // the package closes the body itself and documents so
	c, answer, err := websocket.Dial(ctx, a.url.String(), &websocket.DialOptions{
		HTTPClient:   &http.Client{Transport: transport},
		Subprotocols: []string{"mqtt"},
	})
	if err != nil {
		if answer != nil {
			return nil, fmt.Errorf("%s answers with %q instead of a WebSocket: %w", a.display, answer.Status, err)
		}
		return nil, err
	}
	c.SetReadLimit(-1) // MQTT packets are cut into frames at will; Subscription bounds the messages
	return websocket.NetConn(context.WithoutCancel(ctx), c, websocket.MessageBinary), nil
}
