package mqttconn_test

import (
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hypha/internal/mqttconn"
	"hypha/internal/mqttconn/brokertest"
)

func TestRefusalsAreToldInPlainWords(t *testing.T) {
	dir := t.TempDir()
	passwords := filepath.Join(dir, "passwords")
	if out, err := exec.Command("mosquitto_passwd", "-b", "-c", passwords, "grower", "right").CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v %s", err, out)
	}
	broker := brokertest.Start(t, "allow_anonymous false", "password_file "+passwords)
	deaf, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	closed, _ := net.Listen("tcp", "127.0.0.1:0")
	_ = closed.Close()
	for name, test := range map[string]struct {
		broker mqttconn.Broker
		want   string
	}{
		"right":          {mqttconn.Broker{URL: broker.URL, Username: "grower", Password: "right"}, ""},
		"in the address": {mqttconn.Broker{URL: "mqtt://grower:right@" + broker.Addr}, ""},
		"wrong password": {mqttconn.Broker{URL: broker.URL, Username: "grower", Password: "wrong"}, "the broker refuses the connection: not authorised; check user name and password"},
		"no account":     {mqttconn.Broker{URL: broker.URL}, "it wants a user name and a password"},
		"nobody there":   {mqttconn.Broker{URL: "mqtt://" + closed.Addr().String()}, "no broker answers at " + closed.Addr().String() + ": connection refused"},
		"silence":        {mqttconn.Broker{URL: "mqtt://" + deaf.Addr().String()}, "no answer in time"},
		"no such name":   {mqttconn.Broker{URL: "mqtt://broker.invalid"}, "broker.invalid"},
		"TLS on plain":   {mqttconn.Broker{URL: "mqtts://" + broker.Addr}, broker.Addr},
		"WebSocket":      {mqttconn.Broker{URL: "ws://" + broker.Addr}, broker.Addr},
	} {
		t.Run(name, func(t *testing.T) {
			p := mqttconn.NewPool(mqttconn.Config{Logger: slog.New(slog.DiscardHandler), Attempt: time.Second})
			defer p.Close()
			err := p.Try(patience(t), test.broker)
			if test.want == "" && err != nil {
				t.Fatal(err)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "wrong") {
				t.Error("the error shows the password")
			}
		})
	}
}

func TestASubscriptionThatTheBrokerRefusesFails(t *testing.T) {
	plugins, _ := filepath.Glob("/usr/lib/*/mosquitto_dynamic_security.so")
	if len(plugins) == 0 {
		t.Fatal("this test needs mosquitto's plugin mosquitto_dynamic_security.so, which comes with Debian's package mosquitto")
	}
	rules := filepath.Join(t.TempDir(), "rules.json")
	if err := os.WriteFile(rules, []byte(`{"defaultACLAccess":{"publishClientSend":true,"publishClientReceive":true,"subscribe":false,"unsubscribe":true},
		"clients":[],"groups":[{"groupname":"guests","roles":[{"rolename":"guest"}]}],"anonymousGroup":"guests",
		"roles":[{"rolename":"guest","acls":[{"acltype":"subscribePattern","topic":"public/#","priority":0,"allow":true}]}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	broker, pool := brokertest.Start(t, "plugin "+plugins[0], "plugin_opt_config_file "+rules), newPool(t)
	c := open(t, pool, mqttconn.Broker{URL: broker.URL}, nil)
	secret, public := subscribe(t, c, "secret/#"), subscribe(t, c, "public/#")
	if m, err := secret.Next(patience(t)); err == nil || !strings.Contains(err.Error(), "does not allow this account to subscribe to secret/#") {
		t.Errorf("message %v, error %v", m, err)
	}
	publish(t, c, "public/x", "1", false)
	want(t, next(t, public), "public/x 1")
	secret.Close()
	if n := pool.Status()[0].Subscriptions; n != 1 {
		t.Errorf("%d subscriptions left, want 1", n)
	}
}

func TestTLSWithAnAuthorityOfOnesOwn(t *testing.T) {
	certs := makeCertificates(t, t.TempDir())
	broker := brokertest.Start(t, "cafile "+certs.ca, "certfile "+certs.cert, "keyfile "+certs.key)
	url := "mqtts://localhost:" + broker.Addr[strings.LastIndex(broker.Addr, ":")+1:]
	pem, err := os.ReadFile(certs.ca)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		broker mqttconn.Broker
		want   string
	}{
		"CA file":       {mqttconn.Broker{URL: url, CA: certs.ca}, ""},
		"CA text":       {mqttconn.Broker{URL: url, CA: string(pem)}, ""},
		"no check":      {mqttconn.Broker{URL: url, InsecureSkipVerify: true}, ""},
		"unknown CA":    {mqttconn.Broker{URL: url}, "not from a known authority; give its CA certificate"},
		"wrong host":    {mqttconn.Broker{URL: "mqtts://" + broker.Addr, CA: certs.ca}, "is not for 127.0.0.1"},
		"missing file":  {mqttconn.Broker{URL: url, CA: certs.ca + ".gone"}, "read the CA certificate"},
		"no PEM":        {mqttconn.Broker{URL: url, CA: certs.key}, "holds no certificate"},
		"plain to TLS":  {mqttconn.Broker{URL: broker.URL}, "does it want TLS"},
		"WebSocket TLS": {mqttconn.Broker{URL: "wss://localhost:1", CA: certs.ca}, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			err := newPool(t).Try(patience(t), test.broker)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
