package fleet

import (
	"encoding/json"
	"testing"
)

func TestFaultsNameTheirPlaceInLists(t *testing.T) {
	for text, want := range map[string]string{
		`{"name":"a","targets":[{"channel":1},{"channel":2,"min":"x"}]}`:   "targets[1].min",
		`{"name":"a","targets":[{"channel":1},5]}`:                         "targets[1]",
		`{"name":"a","targets":{"channel":1}}`:                             "targets",
		`{"name":"a","targets":[{"channel":1},{"channel":[]}]}`:            "targets[1].channel",
		`{"name":"a","targets":[{"channel":1},{"channel":2,"minimum":1}]}`: "targets[1].minimum",
		`{"name":"a","targets":[],"colour":1}`:                             "colour",
		`{"name":"a","targets":[{"channel":1},{"channel":2,"min":1e999}]}`: "targets[1].min",
		`{"name":5}`: "name",
		`[]`:         "",
		` "x"`:       "",
	} {
		var d ZoneDraft
		wantFaults(t, text, Strict(json.RawMessage(text), &d), want)
	}
}
