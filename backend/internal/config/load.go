package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Load reads the file, "" for none, and lays the environment over it. getenv is os.LookupEnv outside tests. Its errors
// name the key at fault; what a value may be is for Check, after the flags.
func Load(path string, getenv func(string) (string, bool)) (Config, error) {
	cfg := Default()
	if path != "" {
		raw, err := os.ReadFile(path)
		if err != nil {
			return cfg, fmt.Errorf("read the configuration: %w", err)
		}
		if err := parse(raw, &cfg); err != nil {
			return cfg, fmt.Errorf("%s: %w", path, err)
		}
	}
	return cfg, overlay(reflect.ValueOf(&cfg).Elem(), "", getenv)
}

// parse reads YAML over what cfg holds.
func parse(raw []byte, cfg *Config) error {
	d := yaml.NewDecoder(bytes.NewReader(raw))
	var file, another yaml.Node
	if err := d.Decode(&file); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := d.Decode(&another); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the first document (---): put everything into one")
	}
	if len(file.Content) != 1 {
		return nil
	}
	var errs []error
	fill(file.Content[0], reflect.ValueOf(cfg).Elem(), "", &errs)
	return errors.Join(errs...)
}

// fill sets the fields of a struct from a mapping, and collects a fault for each key.
func fill(node *yaml.Node, into reflect.Value, path string, errs *[]error) {
	bad := func(at *yaml.Node, key, format string, args ...any) {
		*errs = append(*errs, fmt.Errorf("line %d: %s: "+format, append([]any{at.Line, key}, args...)...))
	}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if isNull(node) {
		return // a heading with nothing below it
	}
	if node.Kind != yaml.MappingNode {
		bad(node, cmp.Or(path, "the file"), "must hold keys with values, for example %s: ...", nameOf(into.Type().Field(0)))
		return
	}
	seen := map[string]bool{}
	for n := 0; n+1 < len(node.Content); n += 2 {
		name, value := node.Content[n], node.Content[n+1]
		key := strings.TrimPrefix(path+"."+name.Value, ".")
		field, ok := fieldOf(into, name.Value)
		switch {
		case !ok:
			bad(name, key, "is not a key of this configuration; here it knows %s", strings.Join(keysOf(into), ", "))
			continue
		case seen[name.Value]:
			bad(name, key, "is there twice")
			continue
		}
		seen[name.Value] = true
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		switch {
		case field.Kind() == reflect.Struct:
			fill(value, field, key, errs)
		case isNull(value): // as if it were not there
		case value.Kind != yaml.ScalarNode:
			bad(value, key, "must be a single value")
		default:
			if err := set(field, value.Value); err != nil {
				bad(value, key, "%v", err)
			}
		}
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func nameOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

func fieldOf(v reflect.Value, name string) (reflect.Value, bool) {
	for n := range v.NumField() {
		if nameOf(v.Type().Field(n)) == name {
			return v.Field(n), true
		}
	}
	return reflect.Value{}, false
}

func keysOf(v reflect.Value) []string {
	keys := make([]string, v.NumField())
	for n := range keys {
		keys[n] = nameOf(v.Type().Field(n))
	}
	slices.Sort(keys)
	return keys
}

// overlay sets the fields whose environment variable is set.
func overlay(v reflect.Value, path string, getenv func(string) (string, bool)) error {
	var errs []error
	walk(v, path, func(key string, field reflect.Value) {
		variable := Variable(key)
		if text, ok := getenv(variable); ok {
			if err := set(field, text); err != nil {
				errs = append(errs, fmt.Errorf("%s (%s): %w", key, variable, err))
			}
		}
	})
	return errors.Join(errs...)
}

// Variable is the environment variable of a key: HYPHA_HISTORY_ENGINE of history.engine.
func Variable(key string) string {
	return "HYPHA_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// Keys are all keys: history.engine and so on.
func Keys() []string {
	var keys []string
	walk(reflect.ValueOf(&Config{}).Elem(), "", func(key string, _ reflect.Value) { keys = append(keys, key) })
	return keys
}

func walk(v reflect.Value, path string, visit func(key string, field reflect.Value)) {
	for n := range v.NumField() {
		key := strings.TrimPrefix(path+"."+nameOf(v.Type().Field(n)), ".")
		if field := v.Field(n); field.Kind() == reflect.Struct {
			walk(field, key, visit)
		} else {
			visit(key, field)
		}
	}
}

// set reads text into a field.
func set(field reflect.Value, text string) error {
	if span, ok := reflect.TypeAssert[*Span](field.Addr()); ok {
		return span.parse(text)
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		field.SetBool(b)
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%q is no number", text)
		}
		field.SetFloat(f)
	default:
		return errors.New("cannot be set")
	}
	return nil
}

func (s *Span) parse(text string) error {
	text = strings.TrimSpace(text)
	days := map[string]float64{"d": 1, "w": 7, "y": 365}
	for suffix, n := range days {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			f, err := strconv.ParseFloat(number, 64)
			if err != nil || !(f > 0) || f*n > 290*365 {
				return fmt.Errorf("%q is no length of time: use 24h, 7d or 10y", text)
			}
			*s = Span(f * n * 24 * float64(time.Hour))
			return nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no length of time: use 24h, 7d or 10y", text)
	}
	*s = Span(d)
	return nil
}
