package drivers

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"hypha/internal/plant"
)

// icons are those that the interface bundles.
func icons() []string {
	return strings.Fields("thermometer cpu radio globe activity gauge waves server toggle-right sliders-horizontal hash terminal send sprout plug flask-conical upload")
}

func tags() []string {
	return strings.Fields("climate water light gas power network host test demo")
}

func TestEveryKindTellsWhatItIs(t *testing.T) {
	d := Deps{Tent: plant.New(time.Now()), DataDir: t.TempDir()}
	seen := map[string]bool{}
	check := func(id, name, description, icon string, has []string, schema json.RawMessage) {
		t.Helper()
		if seen[id] || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Errorf("kind %q is there twice or has an odd id", id)
		}
		seen[id] = true
		if name == "" || !strings.HasSuffix(description, ".") {
			t.Errorf("kind %s: name %q, description %q", id, name, description)
		}
		if !slices.Contains(icons(), icon) {
			t.Errorf("kind %s: the interface has no icon %q", id, icon)
		}
		if len(has) == 0 {
			t.Errorf("kind %s has no tag", id)
		}
		for _, tag := range has {
			if !slices.Contains(tags(), tag) {
				t.Errorf("kind %s: unknown tag %q", id, tag)
			}
		}
		if !json.Valid(schema) {
			t.Errorf("kind %s: the schema of its options is no JSON", id)
		}
	}
	for _, k := range Inputs(d) {
		check(k.ID, k.Name, k.Description, k.Icon, k.Tags, k.Options.Schema())
	}
	for _, k := range Outputs(d) {
		check(k.ID, k.Name, k.Description, k.Icon, k.Tags, k.Options.Schema())
	}
}

func TestTheDemoStaysOutUnlessAskedFor(t *testing.T) {
	for _, k := range Inputs(Deps{}) {
		if slices.Contains(k.Tags, "demo") {
			t.Errorf("input kind %s is there without a tent", k.ID)
		}
	}
	for _, k := range Outputs(Deps{}) {
		if slices.Contains(k.Tags, "demo") {
			t.Errorf("output kind %s is there without a tent", k.ID)
		}
	}
}
