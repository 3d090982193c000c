package option_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hypha/internal/option"
)

// steps is a list whose items have other options with each kind.
type steps struct {
	Steps []step `json:"steps" min_items:"1"`
}

type step struct {
	Kind  string  `json:"kind" required:"true" enum:"on,wait,tell"`
	On    *onStep `json:"on_options" member:"options" required:"true" when:"kind=on"`
	Wait  *waitO  `json:"wait_options" member:"options" when:"kind=wait"`
	After float64 `json:"after_s" min:"0"`
}

type onStep struct {
	Output int64  `json:"output" required:"true"`
	Key    string `json:"key" secret:"true"`
}

type waitO struct {
	Seconds float64 `json:"seconds" default:"5" min:"1"`
}

func TestVariants(t *testing.T) {
	s := option.MustFor[steps]()
	schema := oracle(t, s)
	for text, fault := range map[string]string{
		`{"steps":[{"kind":"on","options":{"output":3}},{"kind":"wait","options":{}},{"kind":"wait"},{"kind":"tell"}]}`: "",
		`{"steps":[{"kind":"on"}]}`:                               "steps[0].options: is required",
		`{"steps":[{"kind":"on","options":{"seconds":3}}]}`:       "steps[0].options.output: is required",
		`{"steps":[{"kind":"wait","options":{"seconds":0}}]}`:     "steps[0].options.seconds: must be at least 1",
		`{"steps":[{"kind":"wait","options":{"output":1}}]}`:      "steps[0].options.output: unknown option",
		`{"steps":[{"kind":"wait","options":{}, "optiosn": {}}]}`: `did you mean "options"`,
	} {
		var got steps
		err := s.Decode(json.RawMessage(text), &got)
		if fault == "" && err != nil || fault != "" && (err == nil || !strings.Contains(err.Error(), fault)) {
			t.Errorf("%s: %v, want %q", text, err, fault)
		}
		var document any
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		if says := schema.Validate(document); (says == nil) != (err == nil) {
			t.Errorf("%s: Decode %v, schema %v", text, err, says)
		}
	}
	var got steps
	if err := s.Decode(json.RawMessage(`{"steps":[{"kind":"wait","options":{}}]}`), &got); err != nil || got.Steps[0].On != nil || got.Steps[0].Wait.Seconds != 5 {
		t.Errorf("decoded %+v, %v", got, err)
	}
	if paths := s.Secrets(); len(paths) != 1 || paths[0] != "steps[].options.key" {
		t.Errorf("secrets at %q", paths)
	}
}

func TestNamesThatAreNoVariants(t *testing.T) {
	type overlapping struct {
		Kind string  `json:"kind" enum:"a,b"`
		A    *onStep `json:"a_b_options" member:"options" when:"kind=a|b"`
		B    *onStep `json:"b_options" member:"options" when:"kind=b"`
	}
	type plain struct {
		Kind string `json:"kind" enum:"a,b"`
		A    string `json:"a_options" member:"options" when:"kind=a"`
		B    string `json:"b_options" member:"options" when:"kind=b"`
	}
	_, err := option.For[overlapping]()
	_, again := option.For[plain]()
	if err == nil || again == nil {
		t.Errorf("taken: %v, %v", err, again)
	}
}
