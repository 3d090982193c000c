// Package mqttsubscribe takes readings from what devices publish on an MQTT broker.
package mqttsubscribe

import (
	"context"
	"errors"
	"fmt"

	"hypha/internal/controller"
	"hypha/internal/drivers/jsonvalue"
	"hypha/internal/drivers/mqttoption"
	"hypha/internal/drivers/series"
	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/mqttconn"
	"hypha/internal/option"
)

// Channel is one series and where it is published.
type Channel struct {
	series.Options
	Topic    string `json:"topic" required:"true" format:"topic" title:"Topic" placeholder:"tele/tent/SENSOR" help:"+ stands for any one level, # at the end for all that follow"`
	JSONPath string `json:"json_path" format:"json_path" max_len:"500" title:"Place in the JSON" placeholder:"AM2301.Temperature" help:"Empty if the message is the number itself"`
}

// Options of an input.
type Options struct {
	mqttoption.Options
	Channels       []Channel `json:"channels" required:"true" min_items:"1" max_items:"1000" title:"Channels"`
	QoS            int       `json:"qos" default:"0" enum:"0,1,2" enum_titles:"At most once,At least once,Exactly once" advanced:"true" title:"Quality of service" help:"How hard the broker tries to deliver each message"`
	IgnoreRetained bool      `json:"ignore_retained" advanced:"true" title:"Ignore stored messages" help:"The broker may hand over a message that it has stored for an unknown time. Leave this off for devices that publish only changes; switch it on where an old value would do harm"`
}

// Validate checks the broker's address, the topics and the paths.
func (o Options) Validate() error {
	errs := o.Check()
	for i, c := range o.Channels {
		if err := mqttconn.CheckFilter(c.Topic); err != nil {
			errs = append(errs, option.FieldError{Field: fmt.Sprintf("channels[%d].topic", i), Message: err.Error()})
		}
		if c.JSONPath == "" {
			continue
		}
		if _, err := jsonvalue.ParsePath(c.JSONPath); err != nil {
			errs = append(errs, option.FieldError{Field: fmt.Sprintf("channels[%d].json_path", i), Message: err.Error()})
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// Kind is the catalogue entry.
func Kind() input.Kind {
	return input.Define(input.Spec[Options]{
		ID: "mqtt_subscribe", Name: "MQTT", Icon: "radio", Tags: []string{"network"}, Bus: "network",
		Description: "Takes readings from messages on an MQTT broker: Tasmota, Zigbee2MQTT, ESPHome, Shelly, own programs.",
		ChannelsOf: func(o Options) ([]input.Channel, error) {
			channels := make([]input.Channel, len(o.Channels))
			for i, c := range o.Channels {
				channels[i] = c.Channel()
				channels[i].Expected = series.Silence
			}
			return channels, nil
		},
		Dial: dial,
	})
}

// dial waits for the connection: whoever has just set up the input wants to read that the password is wrong, and an
// input without a broker does not run.
func dial(ctx context.Context, o Options, h host.Host) (input.Listener, error) {
	health := &health{faults: map[int]string{}}
	conn, err := h.MQTT.Open(o.Target(), health.connection)
	if err != nil {
		return nil, controller.Permanent(err)
	}
	s := &subscribed{conn: conn, health: health, receiver: receiver{ignoreRetained: o.IgnoreRetained, health: health}}
	if err := s.subscribe(ctx, o); err != nil {
		_ = conn.Close() // it never stood
		return nil, err
	}
	return s, nil
}

// subscribed receives over a connection that has stood once. Later it mends itself, and the input is degraded meanwhile.
type subscribed struct {
	conn     *mqttconn.Conn
	messages *mqttconn.Subscription
	health   *health
	receiver receiver
}

func (s *subscribed) subscribe(ctx context.Context, o Options) (err error) {
	topics := make([]string, len(o.Channels))
	for i, c := range o.Channels {
		one := source{channel: i, topic: c.Topic, boolean: c.Boolean(), json: c.JSONPath != ""}
		if one.path, err = jsonvalue.ParsePath(c.JSONPath); one.json && err != nil {
			return controller.Permanent(err)
		}
		topics[i] = c.Topic
		s.receiver.sources = append(s.receiver.sources, one)
	}
	if s.messages, err = s.conn.Subscribe(byte(o.QoS), topics...); err != nil {
		return err
	}
	return s.conn.Wait(ctx)
}

// Listen hands on what arrives.
func (s *subscribed) Listen(ctx context.Context, emit input.Emit) error {
	s.receiver.emit = emit
	s.health.begin(controller.FromContext(ctx), s.conn.State())
	for {
		m, err := s.messages.Next(ctx)
		if err == nil {
			s.receiver.take(m)
		} else if ctx.Err() == nil {
			return err
		} else {
			break // stopped, as asked
		}
	}
	return nil
}

// Close lets go of the connection.
func (s *subscribed) Close() error { return s.conn.Close() }

// source is a channel with its options made ready.
type source struct {
	channel int
	topic   string
	path    jsonvalue.Path
	json    bool
	boolean bool
}

type receiver struct {
	emit           input.Emit
	sources        []source
	ignoreRetained bool
	health         *health
}

// take hands the values of one message on. What holds no value is told, and the channel keeps silent.
func (r *receiver) take(m mqttconn.Message) {
	if m.Retain && r.ignoreRetained {
		return
	}
	var document any
	var broken error
	decoded := false
	for _, s := range r.sources {
		if !mqttconn.Match(s.topic, m.Topic) {
			continue
		}
		if s.json && !decoded { // once for all channels of the message
			document, broken = jsonvalue.Decode(m.Payload)
			decoded = true
		}
		v, err := s.value(m.Payload, document, broken)
		if err == nil {
			err = r.emit(s.channel, m.At, v)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w (message %s)", m.Topic, err, jsonvalue.Excerpt(string(m.Payload)))
		}
		r.health.value(s.channel, err)
	}
}

func (s source) value(payload []byte, document any, broken error) (float64, error) {
	if !s.json {
		v, err := jsonvalue.Text(string(payload), s.boolean)
		if err == nil {
			return v, nil
		}
		if _, bad := jsonvalue.Decode(payload); bad == nil && len(payload) > 0 && payload[0] == '{' {
			err = errors.New("is JSON: the channel needs the place of its value in it")
		}
		return 0, fmt.Errorf("the message %w", err)
	}
	if broken != nil {
		return 0, fmt.Errorf("the message is %w", broken)
	}
	found, err := s.path.Find(document)
	if err != nil {
		return 0, err
	}
	v, err := jsonvalue.Number(found, s.boolean)
	if err != nil {
		return 0, fmt.Errorf("%s %w", s.path, err)
	}
	return v, nil
}
