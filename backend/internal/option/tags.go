package option

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// tags are the tags of one field. Each reader takes its own out; what is left at the end is misspelt or does not fit.
type tags map[string]string

func parseTags(raw reflect.StructTag) (tags, error) {
	t := tags{}
	for rest := strings.TrimSpace(string(raw)); rest != ""; rest = strings.TrimSpace(rest) {
		key, value, found := strings.Cut(rest, ":")
		quoted, err := strconv.QuotedPrefix(value)
		if !found || err != nil {
			return nil, fmt.Errorf("tag %q is not key:\"value\"", rest)
		}
		if t[key], err = strconv.Unquote(quoted); err != nil {
			return nil, fmt.Errorf("tag %s: %w", key, err)
		}
		rest = value[len(quoted):]
	}
	for _, foreign := range []string{"json", "yaml", "example"} {
		delete(t, foreign)
	}
	return t, nil
}

func (t tags) take(key string) (string, bool) {
	value, ok := t[key]
	delete(t, key)
	return value, ok
}

func (t tags) unused() error {
	delete(t, "default") // read last
	if len(t) == 0 {
		return nil
	}
	return fmt.Errorf("tags %q are misspelt or do not fit the type", slices.Sorted(maps.Keys(t)))
}

func (t tags) flag(key string) (bool, error) {
	switch value, ok := t.take(key); {
	case !ok || value == "false":
		return false, nil
	case value == "true":
		return true, nil
	default:
		return false, fmt.Errorf("tag %s: %q is neither true nor false", key, value)
	}
}

func (t tags) size(key string, into *int) error {
	value, ok := t.take(key)
	if !ok {
		return nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return fmt.Errorf("tag %s: %q is no size", key, value)
	}
	*into = n
	return nil
}

func (t tags) number(key string, into **float64) error {
	value, ok := t.take(key)
	if !ok {
		return nil
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Errorf("tag %s: %q is no number", key, value)
	}
	*into = &f
	return nil
}

// addRules reads the tags that restrict values. Those about numbers and texts go down to the elements.
func (n *node) addRules(t tags) error {
	switch n.kind {
	case listKind, mapKind:
		err := errors.Join(t.size("min_items", &n.minSize), t.size("max_items", &n.maxSize))
		if err != nil || n.maxSize < n.minSize {
			return fmt.Errorf("min_items %d, max_items %d: %w", n.minSize, n.maxSize, errors.Join(err, errRange))
		}
		return n.elem.addRules(t)
	case numberKind, integerKind:
		lowest, highest := n.min, n.max // of the Go type
		if err := errors.Join(t.number("min", &n.min), t.number("max", &n.max)); err != nil {
			return err
		}
		if lowest != nil && (*n.min < *lowest || *n.max > *highest) {
			return fmt.Errorf("limits %v to %v: %v holds only %v to %v", *n.min, *n.max, n.typ, *lowest, *highest)
		}
		if n.min != nil && n.max != nil && *n.min > *n.max {
			return fmt.Errorf("limits %v to %v: %w", *n.min, *n.max, errRange)
		}
	case stringKind:
		if err := errors.Join(t.size("min_len", &n.minSize), t.size("max_len", &n.maxSize)); err != nil {
			return err
		}
		if n.maxSize >= 0 && n.maxSize < n.minSize {
			return fmt.Errorf("min_len %d, max_len %d: %w", n.minSize, n.maxSize, errRange)
		}
		if pattern, ok := t.take("pattern"); ok {
			var err error
			if n.pattern, err = regexp.Compile(pattern); err != nil {
				return fmt.Errorf("tag pattern: %w", err)
			}
		}
	case boolKind, objectKind:
		return nil
	}
	n.unit, _ = t.take("unit")
	return errors.Join(n.addFormat(t), n.addEnum(t))
}

var errRange = errors.New("nothing fits between")

func (n *node) addFormat(t tags) error {
	format, ok := t.take("format")
	if !ok {
		return nil
	}
	var kinds []kind
	switch format {
	case "uri", "quantity", "unit", "topic", "json_path", "duration", "multiline":
		kinds = []kind{stringKind}
	case "channel", "output", "function", "method":
		kinds = []kind{integerKind, stringKind}
	}
	if !slices.Contains(kinds, n.kind) {
		return fmt.Errorf("tag format: %q is unknown or does not fit %v", format, n.typ)
	}
	n.format = format
	return nil
}

func (n *node) addEnum(t tags) error {
	list, ok := t.take("enum")
	if !ok {
		return nil
	}
	for text := range strings.SplitSeq(list, ",") {
		value, err := n.scalarOf(text)
		if err != nil || slices.Contains(n.enum, value) {
			return fmt.Errorf("tag enum: %q is no %v or is there twice", text, n.typ)
		}
		if f, ok := value.(float64); ok && (n.min != nil && f < *n.min || n.max != nil && f > *n.max) {
			return fmt.Errorf("tag enum: %q is outside the limits", text)
		}
		n.enum = append(n.enum, value)
	}
	if titles, ok := t.take("enum_titles"); ok {
		if n.enumTitles = strings.Split(titles, ","); len(n.enumTitles) != len(n.enum) {
			return fmt.Errorf("tag enum_titles: %d titles for %d values", len(n.enumTitles), len(n.enum))
		}
	}
	return nil
}

// scalarOf reads the text of a tag as a value of n: a string, float64 or bool.
func (n *node) scalarOf(text string) (any, error) {
	switch n.kind {
	case stringKind:
		return text, nil
	case numberKind, integerKind:
		return strconv.ParseFloat(text, 64)
	case boolKind:
		return strconv.ParseBool(text)
	default:
		return nil, fmt.Errorf("%v is no scalar", n.typ)
	}
}

// describe reads the tags that concern the form and the presence of the field.
func (f *field) describe(t tags) error {
	f.title, _ = t.take("title")
	if f.title == "" {
		words := strings.ReplaceAll(f.name, "_", " ")
		f.title = strings.ToUpper(words[:1]) + words[1:]
	}
	f.help, _ = t.take("help")
	f.placeholder, _ = t.take("placeholder")
	for n := f.node; n != nil; n = n.elem {
		n.form = f.placeholder
	}
	var errs [3]error
	f.required, errs[0] = t.flag("required")
	f.secret, errs[1] = t.flag("secret")
	f.advanced, errs[2] = t.flag("advanced")
	if f.required && f.node.kind == stringKind {
		f.node.minSize = max(f.node.minSize, 1)
	}
	return errors.Join(errs[:]...)
}

// addWhen reads the condition under which f, to become a field of n, applies.
func (f *field) addWhen(t tags, n *node) error {
	when, ok := t.take("when")
	if !ok {
		return nil
	}
	name, list, _ := strings.Cut(when, "=")
	sw := n.field(name)
	if sw == nil {
		return fmt.Errorf("tag when: %q is no earlier field of the same struct", name)
	}
	f.when = &condition{field: sw}
	for text := range strings.SplitSeq(list, "|") {
		value, err := sw.node.scalarOf(text)
		if err != nil || sw.node.enum != nil && !slices.Contains(sw.node.enum, value) {
			return fmt.Errorf("tag when: %q is no value of %q", text, name)
		}
		f.when.values = append(f.when.values, value)
	}
	sw.isSwitch = true
	return nil
}

// addDefault reads the default and checks it as if a user had written it.
func (f *field) addDefault(raw reflect.StructTag) error {
	text, ok := raw.Lookup("default")
	switch {
	case ok && f.required:
		return errors.New("a required field has no default")
	case ok && f.node.kind == stringKind && !strings.HasPrefix(text, `"`):
		quoted, err := marshal(text)
		if err != nil {
			return err
		}
		f.def = quoted
	case ok:
		f.def = json.RawMessage(text)
	case f.node.kind == boolKind && !f.pointer && !f.required:
		f.def = json.RawMessage("false") // what Go makes of an absent one, said aloud for forms and conditions
	case f.node.kind == objectKind && !f.pointer:
		// An absent struct is an empty one: its fields have their defaults, unless one of them is required.
		if errs := f.node.check(json.RawMessage("{}")); len(errs) > 0 {
			f.required = true
		}
		return nil
	default:
		return nil
	}
	if !json.Valid(f.def) {
		return fmt.Errorf("tag default: %s is no JSON", text)
	}
	if errs := f.node.check(f.def); len(errs) > 0 {
		return fmt.Errorf("tag default: %w", errs)
	}
	return nil
}
