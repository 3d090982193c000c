package mqttconn

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// Broker says where a broker is and who asks. Equal values share one connection.
type Broker struct {
	// URL is mqtt://host:port, mqtts://host:port, ws://host:port/path or wss://host:port/path; tcp, tls and ssl are
	// understood too. A missing port is the usual one. User and password in the URL hold when the fields are empty.
	URL                string
	Username, Password string
	// CA is a PEM file with the certificates that vouch for the broker, or those certificates themselves; empty: the
	// machine's own.
	CA string
	// InsecureSkipVerify takes any certificate: the connection is then secret but anybody may be at its other end.
	InsecureSkipVerify bool
	// Will is published by the broker when this connection ends without a farewell; nil: none.
	Will *Message
}

// Validate reports what is wrong with the address, without touching the network.
func (b Broker) Validate() error {
	_, err := b.parse()
	return err
}

// address is a checked Broker.
type address struct {
	Broker
	url     *url.URL // without user, with port
	display string   // for people: never holds a password
	tls     bool
	ws      bool
}

func (b Broker) parse() (address, error) {
	raw := strings.TrimSpace(b.URL)
	if raw == "" {
		return address{}, errors.New("the address of the broker is missing; write it as mqtt://host:1883")
	}
	if !strings.Contains(raw, "://") {
		return address{}, fmt.Errorf("the address of the broker needs its protocol; write it as mqtt://%s", raw)
	}
	u, err := url.Parse(raw)
	if err != nil {
		// The text of the error holds the whole address, with its password.
		return address{}, errors.New("the address of the broker cannot be understood; write it as mqtt://host:1883")
	}
	a := address{Broker: b}
	port := ""
	switch strings.ToLower(u.Scheme) {
	case "mqtt", "tcp":
		port = "1883"
	case "mqtts", "tls", "ssl":
		port, a.tls = "8883", true
	case "ws":
		port, a.ws = "80", true
	case "wss":
		port, a.ws, a.tls = "443", true, true
	default:
		return address{}, fmt.Errorf("%q is no protocol of a broker; use mqtt://, mqtts://, ws:// or wss://", u.Scheme)
	}
	if u.Hostname() == "" {
		return address{}, errors.New("the address of the broker names no host; write it as mqtt://host:1883")
	}
	if !a.ws && u.Path != "" && u.Path != "/" {
		return address{}, fmt.Errorf("the address of the broker has a path, %q; only ws:// and wss:// take one", u.Path)
	}
	if u.User != nil && a.Username == "" && a.Password == "" {
		a.Username = u.User.Username()
		a.Password, _ = u.User.Password()
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return address{}, fmt.Errorf("%s is no port of a broker; use 1 to 65535", p)
		}
		port = p
	}
	clean := &url.URL{Scheme: strings.ToLower(u.Scheme), Host: net.JoinHostPort(u.Hostname(), port)}
	if a.ws {
		clean.Path, clean.RawQuery = u.Path, u.RawQuery
		if clean.Path == "" {
			clean.Path = "/mqtt" // where brokers listen unless told otherwise
		}
	}
	a.url = clean
	a.display = clean.Scheme + "://" + clean.Host + clean.Path
	return a, nil
}

// key is equal for brokers that can share a connection. It is a digest, so that a password in it cannot reach a log.
func (a address) key() string {
	h := sha256.New()
	for _, s := range []string{a.url.String(), a.Username, a.Password, a.CA} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	fmt.Fprintf(h, "%v", a.InsecureSkipVerify)
	if a.Will != nil {
		fmt.Fprintf(h, "%q%q%d%v", a.Will.Topic, a.Will.Payload, a.Will.QoS, a.Will.Retain)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// tlsConfig reads the certificates anew for each attempt, so that a renewed file is taken without a restart.
func (a address) tlsConfig() (*tls.Config, error) {
	cfg := &tls.Config{
		ServerName:         a.url.Hostname(),
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: a.InsecureSkipVerify, //nolint:gosec // the user's declared choice for brokers with a certificate of their own
	}
	if a.CA == "" {
		return cfg, nil
	}
	pem := []byte(a.CA)
	if !strings.Contains(a.CA, "-----BEGIN") {
		var err error
		if pem, err = os.ReadFile(a.CA); err != nil {
			return nil, fmt.Errorf("read the CA certificate: %w", err)
		}
	}
	cfg.RootCAs = x509.NewCertPool()
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New("the CA certificate holds no certificate in PEM form")
	}
	return cfg, nil
}
