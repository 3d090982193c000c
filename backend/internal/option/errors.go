package option

import "strings"

// FieldError is one fault of one field, in words for whoever filled it in.
type FieldError struct {
	Field   string `json:"field"`   // "channels[0].topic"; empty: the options as a whole
	Message string `json:"message"` // "must be at least 0.1 s"
}

// Errors is every fault found, in the order of the fields. The first 100 are kept.
type Errors []FieldError

func (e Errors) Error() string {
	parts := make([]string, len(e))
	for i, f := range e {
		parts[i] = f.Message
		if f.Field != "" {
			parts[i] = f.Field + ": " + f.Message
		}
	}
	return strings.Join(parts, "; ")
}

// under returns the path of a member of the value at path.
func under(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	}
	return path + "." + name
}
