package option

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Merge applies a JSON merge patch (RFC 7396) to base: members of patch replace those of base, null removes, objects
// merge inwards, and lists are replaced whole. An empty base counts as null. Numbers keep their digits; the members of
// the result are sorted by name. The error says which of the two is no JSON.
func Merge(base, patch json.RawMessage) (json.RawMessage, error) {
	change, err := parse(patch)
	if err != nil {
		return nil, fmt.Errorf("merge patch: %w", err)
	}
	var old any
	if len(bytes.TrimSpace(base)) > 0 {
		if old, err = parse(base); err != nil {
			return nil, fmt.Errorf("document to patch: %w", err)
		}
	}
	return marshal(merge(old, change))
}

// merge is MergePatch of RFC 7396, section 2. It may change and keep base.
func merge(base, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	merged, ok := base.(map[string]any)
	if !ok {
		merged = map[string]any{}
	}
	for name, change := range changes {
		if change == nil {
			delete(merged, name)
			continue
		}
		merged[name] = merge(merged[name], change)
	}
	return merged
}

// parse reads one JSON value, with numbers as they are written. encoding/json bounds the nesting to 10 000.
func parse(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one JSON value")
	}
	return v, nil
}

// marshal writes v as compact JSON with sorted members, and leaves <, > and & readable.
func marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
