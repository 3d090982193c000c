package trigger

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"hypha/internal/action"
	"hypha/internal/function"
	"hypha/internal/option"
)

// TestTheGuideIsRight decodes every example of the guide, and sees that it has one of each kind.
func TestTheGuideIsRight(t *testing.T) {
	raw, err := os.ReadFile("../../../../docs/triggers.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]function.Kind{}
	for _, k := range Kinds() {
		kinds[k.ID] = k
	}
	lists := option.MustFor[action.List]()
	seen := map[string]bool{}
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(raw, -1) {
		text := block[1]
		var f struct {
			Name, Kind string
			Options    json.RawMessage
		}
		var actions []struct{ Kind string }
		if text[0] == '[' {
			if err := lists.Decode(json.RawMessage(`{"actions":`+string(text)+`}`), new(action.List)); err != nil {
				t.Errorf("%s: %v", text, err)
			}
			if err := json.Unmarshal(text, &actions); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		} else {
			var o struct{ Actions []struct{ Kind string } }
			if err := json.Unmarshal(text, &f); err != nil || f.Name == "" {
				t.Errorf("%s: %v", text, err)
				continue
			}
			k, ok := kinds[f.Kind]
			if !ok {
				t.Errorf("%s: there is no such kind", text)
				continue
			}
			if _, err := k.Bind(f.Options); err != nil {
				t.Errorf("%s: %v", text, err)
			}
			if err := json.Unmarshal(f.Options, &o); err != nil {
				t.Errorf("%s: %v", text, err)
			}
			seen[f.Kind], actions = true, o.Actions
		}
		for _, a := range actions {
			seen[a.Kind] = true
		}
	}
	for id := range kinds {
		if !seen[id] {
			t.Errorf("the guide has no example of %s", id)
		}
	}
	for _, kind := range action.Kinds() {
		if !seen[kind] {
			t.Errorf("the guide has no example of the action %s", kind)
		}
	}
	if slices.Contains(action.Kinds(), "") || len(action.Kinds()) != 21 {
		t.Errorf("the actions are %q", action.Kinds())
	}
}
