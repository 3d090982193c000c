// Package mqttpublish switches devices by publishing to an MQTT broker.
package mqttpublish

import (
	"context"
	"errors"

	"hypha/internal/drivers/mqttoption"
	"hypha/internal/host"
	"hypha/internal/mqttconn"
	"hypha/internal/option"
	"hypha/internal/output"
)

// Options of an output.
type Options struct {
	mqttoption.Options
	Topic      string `json:"topic" required:"true" format:"topic" title:"Topic" placeholder:"cmnd/heater/POWER"`
	PayloadOn  string `json:"payload_on" default:"ON" max_len:"10000" title:"Message for on"`
	PayloadOff string `json:"payload_off" default:"OFF" max_len:"10000" title:"Message for off"`
	QoS        int    `json:"qos" default:"1" enum:"0,1,2" enum_titles:"At most once,At least once,Exactly once" advanced:"true" title:"Quality of service" help:"With 1 and 2 the broker confirms each message, so a lost one is noticed"`
	Retain     bool   `json:"retain" advanced:"true" title:"Let the broker store it" help:"The device then gets the last message again whenever it connects. Dangerous for pumps and heaters: an old \"on\" switches them on again"`
}

// Validate checks the broker's address, the topic and that on and off differ.
func (o Options) Validate() error {
	errs := o.Check()
	if err := mqttconn.CheckTopic(o.Topic); err != nil {
		errs = append(errs, option.FieldError{Field: "topic", Message: err.Error()})
	}
	if o.PayloadOn == o.PayloadOff {
		errs = append(errs, option.FieldError{Field: "payload_off", Message: "must differ from the message for on"})
	}
	if o.Retain && (o.PayloadOn == "" || o.PayloadOff == "") {
		errs = append(errs, option.FieldError{Field: "retain", Message: "a broker cannot store an empty message: it would delete the stored one"})
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// Kind is the catalogue entry.
func Kind() output.Kind {
	return output.Define(output.Spec[Options]{
		ID: "mqtt_publish", Name: "MQTT switch", Icon: "send", Tags: []string{"network", "power"}, Bus: "network",
		Description: "Switches a device by a message to an MQTT broker: Tasmota, Zigbee2MQTT, ESPHome, Shelly, own programs.",
		Channels:    []output.Channel{{Name: "switch", Type: output.OnOff}},
		Open:        open,
	})
}

func open(ctx context.Context, o Options, h host.Host) (output.Writer, error) {
	conn, err := h.MQTT.Open(o.Target(), nil)
	if err != nil {
		return nil, err
	}
	if err := conn.Wait(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &device{o: o, conn: conn}, nil
}

type device struct {
	o    Options
	conn *mqttconn.Conn
}

// Write publishes and returns when the broker has the message; whether the device has it nobody knows.
func (d *device) Write(ctx context.Context, _ int, l output.Level) error {
	if l.On == nil {
		return errors.New("this output takes only on and off")
	}
	payload := d.o.PayloadOff
	if *l.On {
		payload = d.o.PayloadOn
	}
	return d.conn.Publish(ctx, mqttconn.Message{
		Topic: d.o.Topic, Payload: []byte(payload), QoS: byte(d.o.QoS), Retain: d.o.Retain,
	})
}

// Close lets go of the connection.
func (d *device) Close() error { return d.conn.Close() }
