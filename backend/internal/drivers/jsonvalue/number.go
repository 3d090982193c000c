package jsonvalue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Decode reads one JSON document. Numbers keep their digits, so that one too large for a float64 is noticed where it is
// used instead of spoiling the rest.
func Decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var document any
	if err := d.Decode(&document); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("not JSON: something follows the document")
	}
	return document, nil
}

// Number takes a value of Decode for a number: a number, or text that is wholly a decimal number. Booleans and the words
// of Text count, as 1 and 0, only where boolean is set. Everything else is an error, null above all.
func Number(value any, boolean bool) (float64, error) {
	switch v := value.(type) {
	case json.Number:
		return Text(v.String(), false)
	case string:
		return Text(v, boolean)
	case bool:
		switch {
		case !boolean:
			return 0, fmt.Errorf("is %v, not a number", v)
		case v:
			return 1, nil
		default:
			return 0, nil
		}
	case nil:
		return 0, errors.New("is null: there is no value")
	default:
		return 0, fmt.Errorf("is %s, not a number", kindOf(v))
	}
}

// Text reads text that is wholly a decimal number: no unit behind it, no comma in it, no hexadecimal, no NaN. Where
// boolean is set, on, true, yes and their opposites count too, as 1 and 0.
func Text(text string, boolean bool) (float64, error) {
	trimmed := strings.TrimSpace(text)
	if boolean {
		switch strings.ToLower(trimmed) {
		case "on", "true", "yes":
			return 1, nil
		case "off", "false", "no":
			return 0, nil
		}
	}
	if !decimal(trimmed) {
		if trimmed == "" {
			return 0, errors.New("is empty")
		}
		return 0, fmt.Errorf("is %s, not a number", Excerpt(text))
	}
	f, err := strconv.ParseFloat(trimmed, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, fmt.Errorf("is %s, which is too large", Excerpt(text))
	}
	return f, nil
}

// decimal tells whether text is [+-] digits [. digits] [e [+-] digits], with a digit before or after the point.
func decimal(text string) bool {
	digits := func() bool {
		n := len(text)
		text = strings.TrimLeft(text, "0123456789")
		return len(text) < n
	}
	sign := func() {
		if text != "" && (text[0] == '+' || text[0] == '-') {
			text = text[1:]
		}
	}
	sign()
	number := digits()
	if strings.HasPrefix(text, ".") {
		text = text[1:]
		number = digits() || number
	}
	if !number {
		return false
	}
	if text != "" && (text[0] == 'e' || text[0] == 'E') {
		text = text[1:]
		sign()
		if !digits() {
			return false
		}
	}
	return text == ""
}

// Excerpt quotes the beginning of something foreign for an error.
func Excerpt(text string) string {
	const most = 60
	if len(text) <= most {
		return strconv.Quote(text)
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return strconv.Quote(text[:cut]) + "…"
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case string:
		return "text"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return "a number"
	}
}
