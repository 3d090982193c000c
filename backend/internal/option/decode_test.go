package option_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"hypha/internal/option"
)

func TestDecodeComplete(t *testing.T) {
	var got rich
	if err := spec().Decode(json.RawMessage(complete), &got); err != nil {
		t.Fatal(err)
	}
	want := rich{
		Broker: "mqtt://localhost:1883", Password: "p", Mode: "square", Wave: 2.5, TLS: true, CA: "pem", Pin: 4, Baud: 19200,
		Gain: new(2.0), Parity: new("odd"), Offset: -9007199254740991, ID: "28-0123456789ab",
		Headers: map[string]string{"X-A": "1"}, Weights: map[string]int32{"x": -1, "y": 2}, Tags: []string{"a", "c"},
		Limits: []float64{-5, 5.5},
		Channels: []channel{
			{"air", "t/1", "$.t", "humidity", "percent", "s", -0.5},
			{Name: "soil", Topic: "t/2", Quantity: "temperature", Unit: "C", Scale: 1},
		},
		Raise: &target{7, 1}, Safe: safety{false, 0, "leak", "y", 3}, Window: target{Output: 1}, location: location{-33.9},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecodeFillsInDefaults(t *testing.T) {
	got := rich{Broker: "old", Offset: 5, hidden: 1}
	if err := spec().Decode(json.RawMessage(least), &got); err != nil {
		t.Fatal(err)
	}
	want := rich{
		Broker: "b", Mode: "sine", Wave: 60, Pin: 17, Baud: 9600, Limits: []float64{0, 100},
		Channels: []channel{{Name: "n", Topic: "t", Quantity: "temperature", Unit: "C", Scale: 1}},
		Safe:     safety{On: true, Seconds: 10}, Window: target{Output: 1},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestNoOptionsAreAnEmptyObject(t *testing.T) {
	type small struct {
		N int `json:"n" default:"3"`
	}
	for _, raw := range []string{"", " \n", "{}"} {
		var o small
		if err := option.MustFor[small]().Decode(json.RawMessage(raw), &o); err != nil || o.N != 3 {
			t.Errorf("%q: %+v, %v", raw, o, err)
		}
	}
}

// Each fault is told in full. with replaces or adds members of least; null removes.
func TestFaultsAreNamed(t *testing.T) {
	tests := []struct {
		with string
		want string // Errors.Error
	}{
		{`{"broker":null}`, `broker: is required`},
		{`{"broker":""}`, `broker: must not be empty`},
		{`{"broker":5}`, `broker: must be text, not a number`},
		{`{"brokr":"x"}`, `brokr: unknown option "brokr": did you mean "broker"?`},
		{`{"wave_period_s":0.05}`, `wave_period_s: must be at least 0.1 s`},
		{`{"wave_period_s":1e5}`, `wave_period_s: must be at most 86400 s`},
		{`{"wave_period_s":"5"}`, `wave_period_s: must be a number, not text`},
		{`{"wave_period_s":1e999}`, `wave_period_s: is too large a number`},
		{`{"wave_period_s":-1e999999999}`, `wave_period_s: is too large a number`},
		{`{"wave_period_s":[]}`, `wave_period_s: must be a number, not a list`},
		{`{"tls":"true"}`, `tls: must be true or false, not text`},
		{`{"tls":true}`, `ca: is required`},
		{`{"mode":"sinus"}`, `mode: must be constant, sine or square: did you mean "sine"?`},
		{`{"mode":"triangle"}`, `mode: must be constant, sine or square`},
		{`{"mode":"constant"}`, `level: is required`},
		{`{"pin":256}`, `pin: must be at most 255`},
		{`{"pin":-1}`, `pin: must be at least 0`},
		{`{"pin":1.5}`, `pin: must be a whole number`},
		{`{"pin":"x"}`, `pin: must be a whole number, not text`},
		{`{"baud":1200}`, `baud: must be 9600, 19200 or 115200`},
		{`{"offset":9007199254740992}`, `offset: must be at most 9007199254740991`},
		{`{"gain":0}`, `gain: must be at least 0.5`},
		{`{"id":"28-xyz"}`, `id: must have a form like "28-0123456789ab"`},
		{`{"id":"2"}`, `id: must have at least 2 characters`},
		{`{"headers":{"a":"1","b":"2","c":"3","d":"4"}}`, `headers: must have at most 3 entries`},
		{`{"headers":{"a":7}}`, `headers.a: must be text, not a number`},
		{`{"headers":{"a":"0123456789a"}}`, `headers.a: must have at most 10 characters`},
		{`{"weights":{"a":1e10}}`, `weights.a: must be at most 2147483647`},
		{`{"tags":["a","d"]}`, `tags[1]: must be a, b or c`},
		{`{"tags":["a","a","a","a","a"]}`, `tags: must have at most 4 items`},
		{`{"limits":[1]}`, `limits: must have at least 2 items`},
		{`{"limits":[1,2000]}`, `limits[1]: must be at most 1000 %`},
		{`{"channels":[]}`, `channels: must not be empty`},
		{`{"channels":{}}`, `channels: must be a list, not an object`},
		{`{"channels":[{"name":"n"}]}`, `channels[0].topic: is required`},
		{`{"channels":[null]}`, `channels[0]: must be an object, not null`},
		{`{"channels":[{"name":"n","topic":"t","topik":"t"}]}`, `channels[0].topik: unknown option "topik": did you mean "topic"?`},
		{`{"window":null}`, `window: is required`},
		{`{"window":{"output":null,"channel":-1}}`, `window.output: is required; window.channel: must be at least 0`},
		{`{"safe":{"on":false}}`, `safe.reason: is required`},
		{`{"safe":{"on":false,"reason":"r","kind":"y"}}`, `safe.extra: is required`},
		{`{"safe":7}`, `safe: must be an object, not a number`},
		{`{"raise":{"output":1,"Channel":2}}`, `raise.Channel: unknown option "Channel": did you mean "channel"?`},
		{`{"raise":{"output":1,"volume":2}}`, `raise.volume: unknown option "volume": use output or channel`},
		{`{"latitude":91}`, `latitude: must be at most 90 °`},
	}
	for _, tt := range tests {
		raw, err := option.Merge(json.RawMessage(least), json.RawMessage(tt.with))
		if err != nil {
			t.Fatal(err)
		}
		before := rich{Broker: "before"}
		o := before
		err = spec().Decode(raw, &o)
		if faults, ok := errors.AsType[option.Errors](err); !ok || faults.Error() != tt.want {
			t.Errorf("%s:\n got %v\nwant %v", tt.with, err, tt.want)
		}
		if !reflect.DeepEqual(o, before) {
			t.Errorf("%s: the struct was changed to %+v", tt.with, o)
		}
	}
}

func TestNullIsNoValue(t *testing.T) {
	want := `pin: must be a whole number, not null: leave it out instead`
	var o rich
	err := spec().Decode(json.RawMessage(strings.Replace(least, `{`, `{"pin":null,`, 1)), &o)
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAllFaultsAtOnceInTheOrderOfTheFields(t *testing.T) {
	var o rich
	err := spec().Decode(json.RawMessage(`{"zzz":1,"pin":300,"channels":[{"topic":1},{"name":"n"}],"window":{"output":1}}`), &o)
	want := option.Errors{
		{"broker", "is required"},
		{"pin", "must be at most 255"},
		{"channels[0].name", "is required"},
		{"channels[0].topic", "must be text, not a number"},
		{"channels[1].topic", "is required"},
		{"zzz", `unknown option "zzz": use one of broker, username, password, mode, wave_period_s, level, tls, ca, pin, baud, gain, parity and 11 more`},
	}
	if got, ok := errors.AsType[option.Errors](err); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", err, want)
	}
}

func TestFieldsThatDoNotApplyAreIgnored(t *testing.T) {
	var o rich
	raw := strings.Replace(least, `{`, `{"mode":"constant","level":1,"wave_period_s":"nonsense","ca":[],`, 1)
	if err := spec().Decode(json.RawMessage(raw), &o); err != nil || o.Wave != 60 || o.CA != "" {
		t.Errorf("wave %v, ca %q, %v; want the default, nothing, no error", o.Wave, o.CA, err)
	}
	// The switch of extra is kind, which itself applies only when on is false.
	raw = strings.Replace(least, `{`, `{"safe":{"on":true,"kind":"y"},`, 1)
	if err := spec().Decode(json.RawMessage(raw), &o); err != nil || o.Safe.Kind != "" {
		t.Errorf("safe %+v, %v", o.Safe, err)
	}
}

func TestHostileDocuments(t *testing.T) {
	for name, tt := range map[string]struct{ raw, want string }{
		"no JSON":         {`{"broker":`, "is no valid JSON"},
		"two values":      {`{} {}`, "is no valid JSON"},
		"null":            {`null`, "must be an object, not null"},
		"a list":          {`[]`, "must be an object, not a list"},
		"a number":        {` 5 `, "must be an object, not a number"},
		"deep":            {strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "is no valid JSON"},
		"deep inside":     {`{"broker":` + strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000) + `}`, "must be text, not an object"},
		"long":            {`{"broker":"` + strings.Repeat("x", 1<<20) + `"}`, "must have at most 1048576 bytes"},
		"many items":      {`{"channels":[` + strings.Repeat("{},", 300_000) + `{}]}`, "channels: must have at most 5 items"},
		"not UTF-8":       {"{\"broker\":\"\xff\"}", "must be UTF-8 text"},
		"long name":       {`{"` + strings.Repeat("ab", 5000) + `":1}`, "…"},
		"many names":      {`{"a0":1` + manyMembers(20_000) + `}`, "unknown option"},
		"name of control": {`{"\u0000":1}`, `unknown option "\x00"`},
	} {
		var o rich
		err := spec().Decode(json.RawMessage(tt.raw), &o)
		faults, ok := errors.AsType[option.Errors](err)
		if !ok || !strings.Contains(err.Error(), tt.want) || len(faults) > 100 || len(err.Error()) > 50_000 {
			t.Errorf("%s: %.300v; want %q", name, err, tt.want)
		}
	}
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"a%d":1`, i)
	}
	return b.String()
}

func TestTheLastOfTwoMembersCounts(t *testing.T) {
	var o rich
	if err := spec().Decode(json.RawMessage(strings.Replace(least, `{`, `{"pin":"x","pin":9,`, 1)), &o); err != nil || o.Pin != 9 {
		t.Errorf("pin %d, %v", o.Pin, err)
	}
}

func TestWholeNumbersMayBeWrittenAsFloats(t *testing.T) {
	for text, want := range map[string]uint8{"4.0": 4, "2e1": 20, "-0": 0} {
		var o rich
		if err := spec().Decode(json.RawMessage(strings.Replace(least, `{`, `{"pin":`+text+`,`, 1)), &o); err != nil || o.Pin != want {
			t.Errorf("%s: %d, %v", text, o.Pin, err)
		}
	}
}

func TestDecodeIntoTheWrongType(t *testing.T) {
	for _, into := range []any{nil, rich{}, (*rich)(nil), new(channel), new(int)} {
		err := spec().Decode(json.RawMessage(least), into)
		if _, users := errors.AsType[option.Errors](err); err == nil || users {
			t.Errorf("into %T: %v", into, err)
		}
	}
}
