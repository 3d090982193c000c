package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// sealedKey is the one member of a sealed value.
const sealedKey = "$sealed"

// SealOptions encrypts the strings at paths. Empty strings and values that are sealed already stay as they are. Member
// order and white space of raw are not kept.
func (b *Box) SealOptions(raw json.RawMessage, paths []string) (json.RawMessage, error) {
	return edit(raw, paths, func(at string, v any) (any, error) {
		switch v := v.(type) {
		case string:
			if v == "" {
				return v, nil
			}
			sealed, err := b.Seal(v)
			return map[string]any{sealedKey: sealed}, err
		case nil:
			return nil, nil
		}
		if _, ok := sealed(v); ok {
			return v, nil
		}
		return nil, fmt.Errorf("%s: a secret must be text", at)
	})
}

// OpenOptions decrypts the sealed values at paths.
func (b *Box) OpenOptions(raw json.RawMessage, paths []string) (json.RawMessage, error) {
	return edit(raw, paths, func(at string, v any) (any, error) {
		text, ok := sealed(v)
		if !ok {
			return v, nil
		}
		text, err := b.Open(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		return text, nil
	})
}

// RedactOptions removes what is at paths, sealed or not, and returns where there was something: "password",
// "channels[0].token".
func RedactOptions(raw json.RawMessage, paths []string) (redacted json.RawMessage, set []string, err error) {
	doc, err := decode(raw)
	if err != nil || doc == nil {
		return raw, nil, err
	}
	for _, p := range paths {
		doc, err = walk(doc, parse(p), "", func(at string, v any) (any, error) {
			if v != nil && v != "" {
				set = append(set, at)
			}
			return absent{}, nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	slices.Sort(set)
	redacted, err = json.Marshal(doc)
	return redacted, set, err
}

// edit replaces each value at paths by what change makes of it; below an object or a list, each string or sealed value.
func edit(raw json.RawMessage, paths []string, change visit) (json.RawMessage, error) {
	doc, err := decode(raw)
	if err != nil || doc == nil || len(paths) == 0 {
		return raw, err
	}
	for _, p := range paths {
		if doc, err = walk(doc, parse(p), "", func(at string, v any) (any, error) { return leaves(at, v, change) }); err != nil {
			return nil, err
		}
	}
	return json.Marshal(doc)
}

// visit gets a value and its place and returns what shall stand there; absent{} removes it.
type visit func(at string, v any) (any, error)

type absent struct{}

// step is one part of a path: a member's name, or all elements of a list ("").
type step string

const each step = ""

func parse(path string) []step {
	var steps []step
	for part := range strings.SplitSeq(path, ".") {
		name, lists := strings.TrimRight(part, "[]"), strings.Count(part, "[]")
		steps = append(steps, step(name))
		for range lists {
			steps = append(steps, each)
		}
	}
	return steps
}

// walk calls f for what is at steps below v. What is not there, or of another shape, is passed over.
func walk(v any, steps []step, at string, f visit) (any, error) {
	if len(steps) == 0 {
		return f(at, v)
	}
	if steps[0] == each {
		list, ok := v.([]any)
		if !ok {
			return v, nil
		}
		for i := range list {
			got, err := walk(list[i], steps[1:], at+"["+strconv.Itoa(i)+"]", f)
			if err != nil {
				return nil, err
			}
			if _, gone := got.(absent); gone {
				got = nil // a list keeps its length
			}
			list[i] = got
		}
		return list, nil
	}
	object, ok := v.(map[string]any)
	if !ok {
		return v, nil
	}
	name := string(steps[0])
	inner, ok := object[name]
	if !ok {
		return v, nil
	}
	got, err := walk(inner, steps[1:], join(at, name), f)
	if err != nil {
		return nil, err
	}
	if _, gone := got.(absent); gone {
		delete(object, name)
	} else {
		object[name] = got
	}
	return object, nil
}

// leaves calls f for v, or for each leaf below it when v is a list or an object that is not a sealed value.
func leaves(at string, v any, f visit) (_ any, err error) {
	if _, ok := sealed(v); ok {
		return f(at, v)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if v[name], err = leaves(join(at, name), inner, f); err != nil {
				return nil, err
			}
		}
		return v, nil
	case []any:
		for i, inner := range v {
			if v[i], err = leaves(at+"["+strconv.Itoa(i)+"]", inner, f); err != nil {
				return nil, err
			}
		}
		return v, nil
	}
	return f(at, v)
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// sealed returns the base64 text of a sealed value.
func sealed(v any) (string, bool) {
	object, ok := v.(map[string]any)
	if !ok || len(object) != 1 {
		return "", false
	}
	text, ok := object[sealedKey].(string)
	return text, ok
}

// decode reads one JSON value and keeps numbers as they are written. Nothing and null are nil.
func decode(raw json.RawMessage) (any, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("options: more than one JSON value")
	}
	return doc, nil
}

// same says whether two decoded values are equal apart from what is at the steps.
func same(a, b any, paths [][]step) bool {
	drop := func(string, any) (any, error) { return absent{}, nil }
	a, b = clone(a), clone(b)
	for _, p := range paths {
		a, _ = walk(a, p, "", drop) // drop gives no errors
		b, _ = walk(b, p, "", drop)
	}
	return reflect.DeepEqual(a, b)
}

func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for k, inner := range v {
			c[k] = clone(inner)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, inner := range v {
			c[i] = clone(inner)
		}
		return c
	}
	return v
}
