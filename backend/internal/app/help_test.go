package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"unicode"
	"unicode/utf8"
)

// option is what a form needs of one option, as the schema says it.
type optionSchema struct {
	Title       string                  `json:"title"`
	Description string                  `json:"description"`
	Properties  map[string]optionSchema `json:"properties"`
	Items       *optionSchema           `json:"items"`
	Variants    []optionSchema          `json:"x-variants"`
}

// unhelpful lists the options below at that a person could not understand.
func (o optionSchema) unhelpful(at string) (all []string) {
	for name, p := range o.Properties {
		here := fmt.Sprintf("%s.%s", at, name)
		switch first, _ := utf8.DecodeRuneInString(p.Title); {
		case p.Title == "":
			all = append(all, here+" has no title")
		case !unicode.IsUpper(first):
			all = append(all, here+" has a title that begins small")
		}
		if len(p.Description) < 10 {
			all = append(all, fmt.Sprintf("%s (%s) has no help", here, p.Title))
		}
		all = append(all, p.unhelpful(here)...)
	}
	if o.Items != nil {
		all = append(all, o.Items.unhelpful(at+"[]")...)
	}
	for n, v := range o.Variants {
		all = append(all, v.unhelpful(fmt.Sprintf("%s<%d>", at, n))...)
	}
	return all
}

func TestEveryOptionHasAHelp(t *testing.T) {
	i := launchWith(t, func(o *Options) { o.Demo = true })
	kinds := read[struct {
		Items []struct {
			ID, Type string
			Options  json.RawMessage `json:"options_schema"`
		}
	}](t, i.send(http.MethodGet, "/api/v1/kinds?limit=1000", "viewer", ""), http.StatusOK)
	if len(kinds.Items) < 60 {
		t.Errorf("only %d kinds", len(kinds.Items))
	}
	for _, k := range kinds.Items {
		var o optionSchema
		if err := json.Unmarshal(k.Options, &o); err != nil {
			t.Fatal(err)
		}
		for _, what := range o.unhelpful(k.Type + " " + k.ID) {
			t.Error(what)
		}
	}
}
