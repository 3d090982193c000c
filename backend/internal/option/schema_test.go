package option_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"hypha/internal/option"
)

func TestSchemaIsTheGoldenOne(t *testing.T) {
	var got bytes.Buffer
	if err := json.Indent(&got, spec().Schema(), "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	golden := filepath.Join("testdata", "rich.schema.json")
	if update := flag.Lookup("update"); update != nil && update.Value.String() == "true" {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the schema has changed; if that is meant: go test ./internal/option -update\n%s", &got)
	}
}

// oracle is a complete validator of JSON Schema 2020-12, an implementation that knows nothing of ours. Compiling checks
// the schema itself against the meta-schema.
func oracle(tb testing.TB, s *option.Spec) *jsonschema.Schema {
	tb.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(s.Schema()))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:///options.json", document); err != nil {
		tb.Fatal(err)
	}
	compiled, err := c.Compile("mem:///options.json")
	if err != nil {
		tb.Fatal(err)
	}
	if compiled.DraftVersion != 2020 {
		tb.Fatalf("draft %d", compiled.DraftVersion)
	}
	return compiled
}

// agree checks that Decode and the schema give the same verdict on raw.
func agree(t interface{ Errorf(string, ...any) }, s *option.Spec, schema *jsonschema.Schema, raw []byte) {
	var document any
	if !utf8.Valid(raw) || len(raw) > 1<<20 || json.Unmarshal(raw, &document) != nil {
		return // no schema is asked about what is no document, or holds a number that is none
	}
	var shape map[string]any
	if err := json.Unmarshal(s.Schema(), &shape); err != nil {
		t.Errorf("schema: %v", err)
		return
	}
	decodeErr := s.Decode(raw, new(rich))
	schemaErr := schema.Validate(applying(shape, document))
	if (decodeErr == nil) != (schemaErr == nil) {
		t.Errorf("%s\nDecode: %v\nschema: %v", raw, decodeErr, schemaErr)
	}
}

// applying returns document without the members whose x-when does not hold, the one thing that the schema leaves to its
// reader. It is written against the schema alone, as a form would be.
func applying(schema map[string]any, document any) any {
	switch d := document.(type) {
	case []any:
		items, _ := schema["items"].(map[string]any)
		kept := make([]any, len(d))
		for i, item := range d {
			kept[i] = applying(items, item)
		}
		return kept
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		kept := map[string]any{}
		for name, value := range d {
			property, _ := properties[name].(map[string]any)
			if applies(properties, property, d) {
				kept[name] = applying(property, value)
			}
		}
		return kept
	default:
		return document
	}
}

func applies(properties, property, object map[string]any) bool {
	when, ok := property["x-when"].(map[string]any)
	if !ok {
		return true
	}
	name := when["field"].(string)
	sibling := properties[name].(map[string]any)
	value, given := object[name]
	if !given {
		value, given = sibling["default"]
	}
	return given && slices.Contains(when["in"].([]any), value) && applies(properties, sibling, object)
}

func TestSchemaAgreesWithDecode(t *testing.T) {
	s := spec()
	schema := oracle(t, s)
	for _, raw := range []string{complete, least} {
		if s.Decode(json.RawMessage(raw), new(rich)) != nil {
			t.Fatalf("%s must be valid", raw)
		}
		agree(t, s, schema, []byte(raw))
	}
	// Change a valid document in a few places: near the limits the two are most likely to part.
	rapid.Check(t, func(t *rapid.T) {
		var document any
		if err := json.Unmarshal([]byte(rapid.SampledFrom([]string{complete, least}).Draw(t, "base")), &document); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			document = mutate(t, document)
		}
		raw, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		agree(t, s, schema, raw)
	})
}

// mutate changes one value somewhere in v.
func mutate(t *rapid.T, v any) any {
	if inner, ok := v.(map[string]any); ok && rapid.IntRange(0, 9).Draw(t, "descend") > 0 {
		names := append([]string{"on", "tls", "mode", "kind", "level", "gain", "parity", "other"}, keys(inner)...)
		name := rapid.SampledFrom(names).Draw(t, "member")
		if rapid.IntRange(0, 4).Draw(t, "remove") == 0 {
			delete(inner, name)
			return inner
		}
		inner[name] = mutate(t, inner[name])
		return inner
	}
	if inner, ok := v.([]any); ok && len(inner) > 0 && rapid.IntRange(0, 3).Draw(t, "descend") > 0 {
		i := rapid.IntRange(0, len(inner)-1).Draw(t, "item")
		inner[i] = mutate(t, inner[i])
		if rapid.Bool().Draw(t, "grow") {
			inner = append(inner, inner...)
		}
		return inner
	}
	return rapid.SampledFrom([]any{
		nil, true, false, 0.0, -0.5, 0.1, 1.0, 2.0, 16.0, 17.0, 255.0, 256.0, 1.5, 90.0, 9600.0, 1e300, -9007199254740991.0, 9007199254740992.0,
		"", "a", "x", "y", "odd", "sine", "square", "constant", "28-0123456789ab", "éééééééééé", "0123456789a", "1",
		[]any{},
		[]any{1.0, 2.0},
		[]any{"a"},
		map[string]any{},
		map[string]any{"a": "b"},
		map[string]any{"output": 1.0},
	}).Draw(t, "value")
}

func keys(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// FuzzDecode: whatever a client sends, Decode answers with a fault or a struct, never with a panic, and its verdict is
// that of the schema.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		complete, least, `{}`, `null`, `[]`, `{"broker":1e999}`, `{"tls":true,"tls":false}`, `{"safe":{"on":false}}`, `{"headers":{"":""}}`,
		`{"mode":"constant","wave_period_s":{}}`, strings.Repeat("[", 10001), "{\"broker\":\"\xff\"}", `{"broker":"\ud800"}`, `{"pin":1E0}`,
	} {
		f.Add([]byte(seed))
	}
	s := spec()
	schema := oracle(f, s)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(bytes.TrimSpace(raw)) > 0 { // nothing at all is {} for Decode
			agree(t, s, schema, raw)
		}
		_ = s.Decode(raw, new(rich))
	})
}
