package option_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hypha/internal/option"
)

// The cases of RFC 7396, appendix A, and those it does not have.
func TestMerge(t *testing.T) {
	for _, tt := range []struct{ base, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"a":1,"e":null}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},

		{``, `{"a":1}`, `{"a":1}`},
		{`{"n":12345678901234567890.10}`, `{"m":1e999}`, `{"m":1e999,"n":12345678901234567890.10}`},
		{`{}`, `{"a":"<b> & é"}`, `{"a":"<b> & é"}`},
	} {
		got, err := option.Merge(json.RawMessage(tt.base), json.RawMessage(tt.patch))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s with %s: %s, %v; want %s", tt.base, tt.patch, got, err, tt.want)
		}
	}
}

func TestMergeRefusesWhatIsNoJSON(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	for _, tt := range []struct{ base, patch, want string }{
		{`{}`, ``, "merge patch"},
		{`{}`, `{"a":}`, "merge patch"},
		{`{}`, `{} {}`, "more than one"},
		{`{}`, deep, "merge patch"},
		{`{`, `{}`, "document to patch"},
		{`{}x`, `{}`, "document to patch"},
	} {
		if got, err := option.Merge(json.RawMessage(tt.base), json.RawMessage(tt.patch)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.20s with %.20s: %s, %v", tt.base, tt.patch, got, err)
		}
	}
}
