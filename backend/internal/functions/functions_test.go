package functions

import (
	"encoding/json"
	"testing"
)

func TestEveryKindHasAnExampleThatItTakes(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range All() {
		var request struct {
			Name    string          `json:"name"`
			Kind    string          `json:"kind"`
			Options json.RawMessage `json:"options"`
		}
		if err := json.Unmarshal([]byte(k.Example), &request); err != nil || request.Kind != k.ID || request.Name == "" {
			t.Errorf("%s: its example is no request that adds one: %s: %v", k.ID, k.Example, err)
			continue
		}
		if _, err := k.Bind(request.Options); err != nil {
			t.Errorf("%s: its example is refused: %v", k.ID, err)
		}
		if k.Name == "" || k.Description == "" || k.Icon == "" || len(k.Tags) == 0 {
			t.Errorf("%s is not described: %+v", k.ID, k)
		}
		if seen[k.ID] {
			t.Errorf("%s is there twice", k.ID)
		}
		seen[k.ID] = true
	}
	for _, id := range []string{"pid", "hysteresis", "conditional", "equation", "sum", "difference", "average", "average_past", "minimum", "maximum", "dew_point"} {
		if !seen[id] {
			t.Errorf("%s is not there", id)
		}
	}
}
