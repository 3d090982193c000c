package mqttconn_test

import (
	"strings"
	"testing"

	"hypha/internal/mqttconn"
)

func TestAddresses(t *testing.T) {
	for url, want := range map[string]string{
		"mqtt://broker:1883":       "",
		"tcp://broker":             "",
		"mqtts://broker":           "",
		"ws://broker:9001/mqtt":    "",
		"wss://broker":             "",
		" mqtt://[::1]:1883 ":      "",
		"":                         "the address of the broker is missing",
		"broker:1883":              "write it as mqtt://broker:1883",
		"192.168.1.4":              "write it as mqtt://192.168.1.4",
		"http://broker":            `"http" is no protocol of a broker`,
		"mqtt://broker:99999":      "99999 is no port",
		"mqtt://broker:0":          "0 is no port",
		"mqtt://":                  "names no host",
		"mqtt://broker/topic":      `has a path, "/topic"`,
		"mqtt://u:geheim@bro ker/": "cannot be understood",
	} {
		err := mqttconn.Broker{URL: url}.Validate()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: got %v, want %q", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: the error shows the password: %v", url, err)
		}
	}
	if got := mqttconn.Display("mqtt://u:geheim@broker"); got != "mqtt://broker:1883" {
		t.Errorf("shown as %q", got)
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		filter, topic string
		want          bool
	}{
		{"a/b", "a/b", true},
		{"a/b", "a/b/c", false},
		{"a/b", "a", false},
		{"a/+", "a/b", true},
		{"a/+", "a/b/c", false},
		{"a/+", "a", false},
		{"a/+", "a/", true},
		{"+/+", "/finance", true},
		{"+", "finance", true},
		{"/+", "/finance", true},
		{"+", "/finance", false},
		{"a/#", "a", true},
		{"a/#", "a/b/c", true},
		{"a/#", "ab", false},
		{"#", "a/b", true},
		{"#", "$SYS/x", false},
		{"+/x", "$SYS/x", false},
		{"$SYS/#", "$SYS/x", true},
		{"a/+/c", "a/b/c", true},
		{"A", "a", false},
	} {
		if got := mqttconn.Match(c.filter, c.topic); got != c.want {
			t.Errorf("%s takes %s: %v", c.filter, c.topic, got)
		}
	}
}

func TestTopics(t *testing.T) {
	for _, filter := range []string{"a", "/", "+/b", "a/#", "#", "a b/ü"} {
		if err := mqttconn.CheckFilter(filter); err != nil {
			t.Errorf("%q: %v", filter, err)
		}
	}
	for _, filter := range []string{"", "a/#/b", "a#", "a+/b", "a\x00", "\xff", strings.Repeat("x", 70_000), strings.Repeat("/", 100)} {
		if err := mqttconn.CheckFilter(filter); err == nil {
			t.Errorf("%.20q was taken", filter)
		}
	}
	for _, topic := range []string{"", "a/+", "#"} {
		if err := mqttconn.CheckTopic(topic); err == nil {
			t.Errorf("%q was taken to publish to", topic)
		}
	}
}
