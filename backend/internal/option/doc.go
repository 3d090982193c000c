// Package option turns a Go struct into the options of a kind: defaults, validation, and the JSON Schema from which the
// interface draws its form. The struct with its tags is the one description; nothing else has to be kept in step.
//
//	type Options struct {
//		Broker   string    `json:"broker" required:"true" title:"Broker" placeholder:"mqtt://host:1883" format:"uri"`
//		Password string    `json:"password" secret:"true" title:"Password"`
//		Timeout  float64   `json:"timeout_s" default:"5" min:"0.1" max:"60" unit:"s" advanced:"true"`
//		Channels []Channel `json:"channels" min_items:"1" max_items:"100"`
//	}
//
//	spec := option.MustFor[Options]()    // once; panics on a broken tag
//	err := spec.Decode(raw, &o)          // an Errors with every fault, each under its field
//
// # Fields
//
// A field is a string, bool, int, uint (of any size), float64, a struct, a slice or a map[string] of these, or a pointer
// to a scalar or struct. A pointer marks a field that may be unset: it is nil when it is absent or null. Any other field
// must not be null; when it is absent it has its default, and without one Go's zero value. Embedded structs add their
// fields to the outer one. Times are seconds in a float64 named with _s.
//
// # Tags
//
//	json          the name; required, "-" hides the field
//	title, help, placeholder, unit    texts for the form; the unit is also named in errors
//	default       a JSON literal; for strings the bare text
//	required      "true": must be present; a string also must not be empty
//	member        the name in options, where several fields are variants of one member; see below
//	min, max      limits of a number, inclusive
//	enum          the allowed values, separated by commas; enum_titles: their names in the form, in the same order
//	min_len, max_len    of a string, in characters
//	pattern       a regular expression that a string matches somewhere; anchor it with ^ and $
//	min_items, max_items    of a slice or map; without the latter 1000
//	secret        "true": never shown again, see [Spec.Secrets]
//	advanced      "true": the form hides it at first
//	format        what the form offers: uri quantity unit channel output function method topic json_path duration multiline
//	when          "mode=sine|square": the field applies only if the earlier field "mode" of the same struct has one of
//	              these values; otherwise its value is ignored, unchecked, and the default stands
//
// Pointers to structs may be variants of one member, which all of them name in the tag member in place of their json names:
// their conditions depend on the same field and exclude each other. The schema lists them under x-variants, each with its x-when, and
// in allOf, for validators.
//
// The tags min, max, enum, min_len, max_len, pattern, unit and format of a slice or map speak of its elements.
//
// # Errors
//
// What a user did wrong is an [Errors]; it says which field breaks which rule, all at once. Any other error is a fault
// of the calling code. A struct, at any level, may have a method Validate() error for rules between its fields. It runs
// once all fields inside it are right; an Errors it returns is put under the struct's own path.
//
// # Limits
//
// Options come from strangers too: more than 1 MiB, more than 1000 items where the struct sets no limit, deep nesting,
// numbers beyond float64 and integers beyond ±(2^53-1), which JavaScript cannot hold, are errors like any other.
package option
