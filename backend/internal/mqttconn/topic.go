package mqttconn

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxTopic = 65535 // bytes; the length field of MQTT
	// maxLevels keeps well below what brokers take (mosquitto: 200). Some end the whole connection for one topic that
	// is too deep, and with it everybody else's subscriptions.
	maxLevels = 100
)

// CheckFilter reports what is wrong with a topic that is subscribed to. The wildcards + (one level) and # (all the rest,
// only at the end) are allowed.
func CheckFilter(filter string) error {
	if err := checkText(filter); err != nil {
		return err
	}
	levels := strings.Split(filter, "/")
	for i, level := range levels {
		switch {
		case level == "#" && i != len(levels)-1:
			return errors.New("the wildcard # must be the last level of the topic")
		case level != "#" && strings.Contains(level, "#"), level != "+" && strings.Contains(level, "+"):
			return fmt.Errorf("a wildcard must be a whole level of the topic, not part of %q", level)
		}
	}
	return nil
}

// CheckTopic reports what is wrong with a topic that is published to.
func CheckTopic(topic string) error {
	if err := checkText(topic); err != nil {
		return err
	}
	if strings.ContainsAny(topic, "+#") {
		return errors.New("a topic to publish to must not hold the wildcards + and #")
	}
	return nil
}

func checkText(topic string) error {
	switch {
	case topic == "":
		return errors.New("the topic is empty")
	case len(topic) > maxTopic:
		return errors.New("the topic is too long")
	case strings.Count(topic, "/") >= maxLevels:
		return fmt.Errorf("the topic has more than %d levels", maxLevels)
	case !utf8.ValidString(topic) || strings.ContainsRune(topic, 0):
		return errors.New("the topic holds characters that MQTT does not allow")
	}
	return nil
}

// hasWildcard tells filters that match more than the one topic of their own name.
func hasWildcard(filter string) bool { return strings.ContainsAny(filter, "+#") }

// Match tells whether a topic falls under a filter (MQTT 3.1.1, section 4.7). A wildcard at the start does not match the
// broker's own topics, which begin with $.
func Match(filter, topic string) bool {
	if strings.HasPrefix(topic, "$") && (strings.HasPrefix(filter, "+") || strings.HasPrefix(filter, "#")) {
		return false
	}
	for {
		level, rest, more := strings.Cut(filter, "/")
		if level == "#" {
			return true
		}
		name, topicRest, topicMore := strings.Cut(topic, "/")
		if level != "+" && level != name {
			return false
		}
		switch {
		case more && topicMore:
			filter, topic = rest, topicRest
		case more:
			return rest == "#" // "a/#" takes "a" too
		default:
			return !topicMore
		}
	}
}
