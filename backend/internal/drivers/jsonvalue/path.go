// Package jsonvalue finds the one number that a user points at in the JSON of a device, and takes nothing else for it.
package jsonvalue

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Path leads from the root of a JSON document to one value. The zero Path is the root itself.
type Path struct {
	text  string
	steps []step
}

// step is a key of an object, or an index of a list; a negative one counts from the end.
type step struct {
	key   string
	index int
	list  bool
}

func (p Path) String() string { return p.text }

// ParsePath reads the forms people write: $.a.b, a.b, list[0].main.temp, list[-1], ["key with space"], $['a.b'].
// What selects more than one value (*, .., filters, slices) is refused.
func ParsePath(text string) (Path, error) {
	p := Path{text: text}
	rest := strings.TrimSpace(text)
	rest, rooted := strings.CutPrefix(rest, "$")
	if rest == "" {
		if !rooted {
			return p, errors.New("the path is empty; write it as air.temperature or list[0].value")
		}
		return p, nil
	}
	// A path without $ begins with a key; from there on each key has a dot before it.
	if !rooted && rest[0] != '[' && rest[0] != '.' {
		rest = "." + rest
	}
	for rest != "" {
		var s step
		var err error
		switch rest[0] {
		case '.':
			s, rest, err = plainKey(rest[1:])
		case '[':
			s, rest, err = bracket(rest[1:])
		default:
			err = fmt.Errorf("a dot is missing before %q", rest)
		}
		if err != nil {
			return p, err
		}
		p.steps = append(p.steps, s)
	}
	return p, nil
}

func plainKey(rest string) (step, string, error) {
	end := strings.IndexAny(rest, ".[")
	if end < 0 {
		end = len(rest)
	}
	key := rest[:end]
	switch {
	case key == "" && strings.HasPrefix(rest, "."), key == "*":
		return step{}, "", errMany
	case key == "":
		return step{}, "", errors.New("a name is missing after a dot")
	case strings.ContainsAny(key, `]"'()?@,`):
		return step{}, "", fmt.Errorf(`the name %q has to be in quotes and brackets: ["..."]`, key)
	}
	return step{key: key}, rest[end:], nil
}

var errMany = errors.New("the path must lead to one value; *, .., ranges and conditions select several")

// bracket reads what follows an opening bracket, with its closing one.
func bracket(rest string) (step, string, error) {
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		return quotedKey(rest)
	}
	inside, after, closed := strings.Cut(rest, "]")
	if !closed {
		return step{}, "", errors.New("a bracket ] is missing")
	}
	inside = strings.TrimSpace(inside)
	n, err := strconv.Atoi(inside)
	switch {
	case err == nil:
		return step{index: n, list: true}, after, nil
	case strings.ContainsAny(inside, ":*?,@"):
		return step{}, "", errMany
	default:
		return step{}, "", fmt.Errorf("%q in brackets is neither a number nor in quotes", inside)
	}
}

// quotedKey reads "key"] or 'key'], in which a backslash protects the next character.
func quotedKey(rest string) (step, string, error) {
	var key strings.Builder
	quote := rest[0]
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && i+1 < len(rest):
			i++
			key.WriteByte(rest[i])
		case rest[i] == quote:
			after, closed := strings.CutPrefix(strings.TrimLeft(rest[i+1:], " "), "]")
			if !closed {
				return step{}, "", errors.New("a bracket ] is missing after a name in quotes")
			}
			return step{key: key.String()}, after, nil
		default:
			key.WriteByte(rest[i])
		}
	}
	return step{}, "", errors.New("the quotes of a name are not closed")
}

// Find follows the path through a document of Decode. The error names the step that leads nowhere.
func (p Path) Find(document any) (any, error) {
	at := document
	for i, s := range p.steps {
		if s.list {
			list, ok := at.([]any)
			if !ok {
				return nil, fmt.Errorf("%s is %s, not a list", p.upTo(i), kindOf(at))
			}
			n := s.index
			if n < 0 {
				n += len(list)
			}
			if n < 0 || n >= len(list) {
				return nil, fmt.Errorf("%s has %d elements, there is none at [%d]", p.upTo(i), len(list), s.index)
			}
			at = list[n]
			continue
		}
		object, ok := at.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s is %s, which has no %q", p.upTo(i), kindOf(at), s.key)
		}
		if at, ok = object[s.key]; !ok {
			return nil, fmt.Errorf("%s has no %q", p.upTo(i), s.key)
		}
	}
	return at, nil
}

// upTo names the place that the first n steps lead to.
func (p Path) upTo(n int) string {
	if n == 0 {
		return "the JSON"
	}
	var b strings.Builder
	for i, s := range p.steps[:n] {
		switch {
		case s.list:
			fmt.Fprintf(&b, "[%d]", s.index)
		case strings.ContainsAny(s.key, ". []"):
			fmt.Fprintf(&b, "[%q]", s.key)
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.key)
		}
	}
	return b.String()
}
