package fleet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"hypha/internal/option"
	"hypha/internal/output"
)

// InputDraft is an input as a person writes it. Absent fields get their default: pointers tell absent from zero.
type InputDraft struct {
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	Options  json.RawMessage `json:"options,omitempty" swaggertype:"object"`
	PeriodS  *float64        `json:"period_s,omitempty"`  // seconds between two reads
	TimeoutS *float64        `json:"timeout_s,omitempty"` // seconds a read may take
	Failures *int            `json:"failures_before_degraded,omitempty"`
	Enabled  *bool           `json:"enabled,omitempty"` // default true
	Zone     *int64          `json:"zone,omitempty"`
}

// OutputDraft is an output as a person writes it.
type OutputDraft struct {
	Name     string               `json:"name"`
	Kind     string               `json:"kind"`
	Options  json.RawMessage      `json:"options,omitempty" swaggertype:"object"`
	TimeoutS *float64             `json:"timeout_s,omitempty"` // seconds a write may take
	Enabled  *bool                `json:"enabled,omitempty"`   // default true
	Zone     *int64               `json:"zone,omitempty"`
	Channels []OutputChannelDraft `json:"channels,omitempty"`
}

// OutputChannelDraft sets up one channel of an output; channels that are left out keep their defaults.
type OutputChannelDraft struct {
	Index   int             `json:"index"`
	Name    string          `json:"name,omitempty"`
	Type    string          `json:"type,omitempty"` // given by the kind; only checked
	Limits  json.RawMessage `json:"limits,omitempty" swaggertype:"object"`
	Safe    any             `json:"safe,omitempty"`     // a level, for example {"on":false}
	AtStart any             `json:"at_start,omitempty"` // a level or "keep"
	AtStop  any             `json:"at_stop,omitempty"`  // a level or "keep"
	output.Guard
	// Interlock names a group, over all outputs, of which one channel at a time may be on.
	Interlock *string         `json:"interlock,omitempty"`
	CurrentA  *float64        `json:"current_a,omitempty"`                     // ampere drawn when on; see system.max_current_a
	State     json.RawMessage `json:"state,omitempty" swaggerignore:"true"`    // answers carry it; ignored, so that they can be sent back
	Counters  json.RawMessage `json:"counters,omitempty" swaggerignore:"true"` // likewise
}

// Strict decodes raw into a value and turns every fault into field errors.
func Strict(raw json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return decodeError(err, raw, reflect.TypeOf(into))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return option.Errors{{Field: "", Message: "there is something after the JSON value"}}
	}
	return nil
}

func decodeError(err error, raw json.RawMessage, shape reflect.Type) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return option.Errors{{Field: placeOf(raw, wrong), Message: wrongType(wrong)}}
	}
	if name, ok := strings.CutPrefix(err.Error(), `json: unknown field "`); ok {
		name = strings.TrimSuffix(name, `"`)
		if path, found := placeOfUnknown(raw, shape, ""); found {
			name = path
		}
		return option.Errors{{Field: name, Message: "is not a field of this request"}}
	}
	return err
}

// faults collects field errors.
type faults struct{ list option.Errors }

func (f *faults) add(field, format string, args ...any) {
	f.list = append(f.list, option.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

// under takes an error over: field errors with their path below prefix, others as one fault of prefix.
func (f *faults) under(prefix string, err error) {
	var errs option.Errors
	switch {
	case err == nil:
	case errors.As(err, &errs):
		for _, e := range errs {
			f.list = append(f.list, option.FieldError{Field: joinPath(prefix, e.Field), Message: e.Message})
		}
	default:
		f.add(prefix, "%v", err)
	}
}

func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	slices.SortStableFunc(f.list, func(a, b option.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return f.list
}

func joinPath(prefix, field string) string {
	switch {
	case prefix == "":
		return field
	case field == "":
		return prefix
	case strings.HasPrefix(field, "["):
		return prefix + field
	default:
		return prefix + "." + field
	}
}

const maxName = 100

func (f *faults) name(field, name string) {
	switch {
	case strings.TrimSpace(name) == "":
		f.add(field, "is required: say what people will know it by")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		f.add(field, "must be plain text without control characters")
	case utf8.RuneCountInString(name) > maxName:
		f.add(field, "must be at most %d characters", maxName)
	}
}

// kind says that there is no such kind of input or output.
func (f *faults) kind(what, id string) {
	said := "is required:"
	if id != "" {
		said = fmt.Sprintf("there is no %s kind %q:", what, id)
	}
	f.add("kind", "%s GET /api/v1/kinds?type=%s lists them", said, what)
}

func (f *faults) seconds(field string, v *float64, low, high float64) {
	if v == nil {
		return
	}
	if math.IsNaN(*v) || *v < low || *v > high {
		plain := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
		f.add(field, "must be %s to %s s", plain(low), plain(high))
	}
}

// merge applies an RFC 7396 patch to a draft and decodes the result into another.
func merge[T any](current T, patch json.RawMessage) (merged T, err error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(patch, &object); err != nil || object == nil {
		return merged, option.Errors{{Field: "", Message: "must be a JSON object with the fields to change"}}
	}
	base, err := json.Marshal(current)
	if err != nil {
		return merged, fmt.Errorf("encode the present settings: %w", err)
	}
	raw, err := option.Merge(base, patch)
	if err != nil {
		return merged, err
	}
	return merged, Strict(raw, &merged)
}
