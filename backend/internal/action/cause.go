package action

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"hypha/internal/function"
	"hypha/internal/option"
)

// Cause is why a list is done.
type Cause struct {
	Reason  string // for people, in one sentence: "air rose above 25 °C"
	Channel string // name of the channel whose reading it was, if it was one
	Value   *float64
	Unit    string
	At      time.Time       // when it happened, in the zone in which people read it
	Chain   []function.Link // the causes, the first one first
}

// occasion is one action of a list being done.
type occasion struct {
	ctx      context.Context //nolint:containedctx // it lives as long as the call that it serves
	env      function.Env
	cause    Cause
	now      time.Time
	began    time.Time // of this action; the same as now unless it goes on
	words    string
	priority int
	held     map[function.Target]bool
	outcome  string // what people should know beside that it was done
}

// first tells whether the action is called for the first time.
func (o *occasion) first() bool { return o.began.Equal(o.now) }

// otherwise is the time within which everything is done that has no time-out of its own.
const otherwise = 10 * time.Second

// order asks something of the rest of the program.
func (o *occasion) order(within time.Duration, what, ref string, args map[string]any) error {
	ctx, cancel := context.WithTimeout(o.ctx, within)
	defer cancel()
	return o.env.Do(ctx, function.Order{What: what, Ref: ref, Args: args})
}

// placeholders are what texts may hold; each is replaced when the action is done.
func placeholders() []string {
	return []string{"{name}", "{reason}", "{channel}", "{value}", "{unit}", "{time}"}
}

// fill puts the cause into a text. What there is none of is said to be missing rather than left out.
func (o *occasion) fill(text string) string {
	return o.fillWith(text, func(s string) string { return s })
}

// fillJSON is fill for a text that is JSON: what is put in is escaped as the inside of a string is.
func (o *occasion) fillJSON(text string) string {
	return o.fillWith(text, func(s string) string {
		raw, err := json.Marshal(s)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(strings.TrimPrefix(string(raw), `"`), `"`)
	})
}

func (o *occasion) fillWith(text string, escape func(string) string) string {
	value := "no value"
	if o.cause.Value != nil {
		value = fmt.Sprintf("%.6g", *o.cause.Value)
	}
	var pairs []string
	for _, p := range placeholders() {
		with := map[string]string{
			"{name}": o.env.Name(), "{reason}": o.cause.Reason, "{channel}": o.cause.Channel, "{value}": value, "{unit}": o.cause.Unit,
			"{time}": o.cause.At.Format("2006-01-02 15:04:05"),
		}[p]
		pairs = append(pairs, p, escape(with))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// checkText refuses placeholders that nothing replaces.
func checkText(field, text string) option.Errors {
	for _, found := range regexp.MustCompile(`\{[a-z_]+\}`).FindAllString(text, -1) {
		if !slices.Contains(placeholders(), found) {
			return option.Errors{{Field: field, Message: fmt.Sprintf("%s is replaced by nothing: use %s", found, strings.Join(placeholders(), " "))}}
		}
	}
	return nil
}

// orNil makes an error of faults.
func orNil(bad option.Errors) error {
	if len(bad) == 0 {
		return nil
	}
	return bad
}
