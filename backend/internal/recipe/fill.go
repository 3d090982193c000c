package recipe

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
)

// place is where a value goes: ${name}, or ${name+2} and ${name-0.5} of a number.
var place = regexp.MustCompile(`\$\{([a-z_]+)([+-][0-9.]+)?\}`)

// values are what places are filled with.
type values map[string]any

// fill writes values into the places of a JSON text.
func (v values) fill(raw json.RawMessage) (json.RawMessage, error) {
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, fmt.Errorf("a recipe's text: %w", err)
	}
	filled, err := v.into(tree)
	if err != nil {
		return nil, err
	}
	out, err := json.Marshal(filled)
	if err != nil {
		return nil, fmt.Errorf("encode a recipe's text: %w", err)
	}
	return out, nil
}

func (v values) into(tree any) (any, error) {
	switch t := tree.(type) {
	case string:
		return v.text(t)
	case []any:
		for n := range t {
			var err error
			if t[n], err = v.into(t[n]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for name := range maps.Keys(t) {
			var err error
			if t[name], err = v.into(t[name]); err != nil {
				return nil, err
			}
		}
	}
	return tree, nil
}

// text is a string with its places filled; one that is nothing but a place is the value itself.
func (v values) text(s string) (any, error) {
	if m := place.FindStringSubmatch(s); m != nil && m[0] == s {
		return v.get(m[1], m[2])
	}
	var bad error
	out := place.ReplaceAllStringFunc(s, func(p string) string {
		m := place.FindStringSubmatch(p)
		got, err := v.get(m[1], m[2])
		if err != nil {
			bad = err
			return ""
		}
		return fmt.Sprint(got)
	})
	return out, bad
}

func (v values) get(name, plus string) (any, error) {
	got, ok := v[name]
	if !ok {
		return nil, fmt.Errorf("a recipe asks for %q, which nothing gives", name)
	}
	if plus == "" {
		return got, nil
	}
	number, ok := got.(float64)
	by, err := strconv.ParseFloat(plus, 64)
	if !ok || err != nil {
		return nil, fmt.Errorf("a recipe adds %s to %q, which is no number", plus, name)
	}
	return number + by, nil
}

// asked are the names of the places of a text.
func asked(raw json.RawMessage) (names []string) {
	for _, m := range place.FindAllStringSubmatch(string(raw), -1) {
		names = append(names, m[1])
	}
	return names
}

func lower(s string) string { return strings.ToLower(s) }
