package mqttconn

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// ErrClosed says that the Conn, the Subscription or the Pool has been closed.
var ErrClosed = errors.New("the MQTT connection has been closed")

// errSilent ends a connection on which the broker stopped answering.
var errSilent = errors.New("the broker no longer answers")

// ConnectError says why no connection to the broker stands. Its text is for users and holds no password.
type ConnectError struct {
	Broker string // the address, without account
	Reason string
	Err    error // the cause; may be nil
}

func (e *ConnectError) Error() string { return e.Reason }

// Unwrap returns the cause.
func (e *ConnectError) Unwrap() error { return e.Err }

// explain turns the error of an attempt into one that a user can act on.
func explain(a address, err error) *ConnectError {
	return &ConnectError{Broker: a.display, Reason: reason(a, err), Err: err}
}

func reason(a address, err error) string {
	var (
		dns         *net.DNSError
		header      tls.RecordHeaderError
		unknown     x509.UnknownAuthorityError
		hostname    x509.HostnameError
		certificate x509.CertificateInvalidError
		alert       tls.AlertError
		timeout     interface{ Timeout() bool }
	)
	host := a.url.Host
	switch {
	case errors.Is(err, packets.ErrorRefusedNotAuthorised):
		if a.Username == "" {
			return "the broker refuses the connection: not authorised; it wants a user name and a password"
		}
		return "the broker refuses the connection: not authorised; check user name and password"
	case errors.Is(err, packets.ErrorRefusedBadUsernameOrPassword):
		return "the broker refuses the connection: wrong user name or password"
	case errors.Is(err, packets.ErrorRefusedServerUnavailable):
		return "the broker refuses the connection: it is not available now"
	case errors.Is(err, packets.ErrorRefusedIDRejected):
		return "the broker refuses the connection: it rejects the client id"
	case errors.Is(err, packets.ErrorRefusedBadProtocolVersion):
		return "the broker refuses the connection: it does not speak MQTT 3.1.1"
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return fmt.Sprintf("the broker's name %s is not known in this network", a.url.Hostname())
		}
		return fmt.Sprintf("the broker's name %s cannot be looked up: %s", a.url.Hostname(), dns.Err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("no broker answers at %s: connection refused", host)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fmt.Sprintf("no broker answers at %s: there is no way to this host", host)
	case errors.As(err, &header):
		return fmt.Sprintf("the broker at %s does not speak TLS on this port; try mqtt:// or another port", host)
	case errors.As(err, &unknown):
		return "the certificate of the broker is not from a known authority; give its CA certificate"
	case errors.As(err, &hostname):
		return fmt.Sprintf("the certificate of the broker is not for %s: %v", a.url.Hostname(), hostname)
	case errors.As(err, &certificate):
		return fmt.Sprintf("the certificate of the broker is not valid: %v", certificate)
	case errors.As(err, &alert):
		return fmt.Sprintf("the broker ended the TLS handshake: %v", alert)
	case errors.Is(err, errSilent), errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no broker answers at %s: no answer in time", host)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		if a.tls || a.ws {
			return fmt.Sprintf("%s closed the connection before it said anything; is it an MQTT broker?", host)
		}
		return fmt.Sprintf("%s closed the connection before it said anything; is it an MQTT broker, and does it want TLS (mqtts://)?", host)
	default:
		return fmt.Sprintf("connect to the broker at %s: %v", host, err)
	}
}

// lost turns the end of a standing connection into words.
func lost(a address, err error) error {
	var known *ConnectError
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	text := "the broker closed the connection"
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
	case errors.Is(err, errSilent), strings.Contains(err.Error(), "pingresp not received"):
		text = "the broker no longer answers"
	default:
		text = fmt.Sprintf("the connection to the broker broke: %v", err)
	}
	return &ConnectError{Broker: a.display, Reason: text, Err: err}
}
