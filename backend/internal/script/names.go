package script

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.starlark.net/starlark"
)

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// resolve finds a channel, an output or a function by its number or its name.
func (r *run) resolve(what string, v starlark.Value) (int64, error) {
	switch v := v.(type) {
	case starlark.Int:
		id, ok := v.Int64()
		if !ok || id <= 0 {
			return 0, fmt.Errorf("%s %v: numbers begin with 1", what, v)
		}
		return id, nil
	case starlark.String:
		name := string(v)
		for _, form := range forms(what, name) {
			if id, ok := r.world.Find(what, form); ok {
				return id, nil
			}
		}
		return 0, fmt.Errorf("no %s is called %q, or more than one is: use its number", what, cut(name))
	}
	return 0, fmt.Errorf("got %s, want the number or the name of %s", v.Type(), article(what))
}

func article(what string) string {
	if strings.ContainsRune("aeiou", rune(what[0])) {
		return "an " + what
	}
	return "a " + what
}

// forms are the ways to read a name: as it is, "Input / channel" without spaces, and "Input/Name/channel" as the name alone.
func forms(what, name string) []string {
	list := []string{name}
	if owner, channel, ok := strings.Cut(name, "/"); ok {
		list = append(list, strings.TrimSpace(owner)+"/"+strings.TrimSpace(channel))
		kind := strings.ToLower(strings.TrimSpace(owner))
		if kind == what || what == "channel" && (kind == "input" || kind == "function") {
			list = append(list, strings.TrimSpace(channel))
		}
	}
	return list
}

// reference finds what enable and disable are about: "function/2", "input/Tent", or the name of a function.
func (r *run) reference(ref string) (string, error) {
	kind, name, ok := strings.Cut(ref, "/")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if ok && (kind == "input" || kind == "output" || kind == "function") {
		name = strings.TrimSpace(name)
		if id, err := strconv.ParseInt(name, 10, 64); err == nil && id > 0 {
			return fmt.Sprintf("%s/%d", kind, id), nil
		}
		id, err := r.resolve(kind, starlark.String(name))
		return fmt.Sprintf("%s/%d", kind, id), err
	}
	id, err := r.resolve("function", starlark.String(ref))
	return fmt.Sprintf("function/%d", id), err
}

// length is a time span: seconds, or text such as "90s", "2m", "1h30m", "7d".
type length struct {
	d   time.Duration
	set bool
}

// maxLength is the longest time span a script may name.
const maxLength = 366 * 24 * time.Hour

// Unpack reads it.
func (l *length) Unpack(v starlark.Value) error {
	switch s := v.(type) {
	case starlark.NoneType:
		return nil
	case starlark.String:
		d, err := parseLength(string(s))
		if err != nil {
			return err
		}
		l.d = d
	default:
		var n number
		if err := n.Unpack(v); err != nil {
			return err
		}
		if n.v < 0 || n.v > maxLength.Seconds() {
			return fmt.Errorf("%g s is no time span: 0 to 366 days", n.v)
		}
		l.d = time.Duration(n.v * float64(time.Second))
	}
	if l.d < 0 || l.d > maxLength {
		return errors.New("must be 0 to 366 days")
	}
	l.set = true
	return nil
}

func parseLength(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err == nil && n >= 0 && n <= 366 {
			return time.Duration(n * 24 * float64(time.Hour)), nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf(`%q is no time span: write seconds, or "90s", "2m", "1h30m", "7d"`, cut(text))
	}
	return d, nil
}

// round is Python's, which Starlark lacks: halves go to the even neighbour.
func round(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x number
	digits := 0
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &x, &digits); err != nil {
		return nil, err
	}
	if digits < 0 || digits > 15 {
		return nil, errors.New("round: the digits must be 0 to 15")
	}
	v, err := strconv.ParseFloat(strconv.FormatFloat(x.v, 'f', digits, 64), 64)
	if err != nil {
		return nil, fmt.Errorf("round: %w", err)
	}
	return starlark.Float(v), nil
}
