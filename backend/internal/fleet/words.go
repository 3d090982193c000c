package fleet

import (
	"encoding/json"
	"reflect"
	"strings"
)

// wrongType says in words what a JSON value should have been.
func wrongType(wrong *json.UnmarshalTypeError) string {
	kind, number, _ := strings.Cut(wrong.Value, " ") // "number 1.5", "string"
	given, known := map[string]string{
		"string": "text", "array": "a list", "object": "an object", "bool": "true or false", "number": "a number",
	}[kind]
	if !known {
		given = kind
	}
	if number != "" {
		given = number
	}
	var want string
	switch wrong.Type.Kind() {
	case reflect.String:
		want = "text"
	case reflect.Bool:
		want = "true or false"
	case reflect.Float32, reflect.Float64:
		if kind == "number" {
			return "is too large a number"
		}
		want = "a number"
	case reflect.Slice, reflect.Array:
		want = "a list"
	case reflect.Struct, reflect.Map:
		want = "an object"
	default:
		want = "a whole number"
	}
	return "must be " + want + ", not " + given
}
