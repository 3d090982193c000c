package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

// What Swagger 2.0 cannot say, or swag does not, is added here.
const (
	session = "session" // names of the two ways to prove who one is
	bearer  = "bearer"
)

const (
	problemRef  = "#/components/schemas/Problem"
	problemType = "application/problem+json"
)

// open says which calls need no login.
func open(method, path string) bool {
	switch method + " " + path {
	case "GET /health", "GET /setup", "POST /setup", "POST /auth/login", "POST /hooks/{token}":
		return true
	}
	return false
}

// convert returns the OpenAPI 3 document of a Swagger 2.0 one.
func convert(v2 []byte) ([]byte, error) {
	var raw map[string]any
	if err := json.Unmarshal(v2, &raw); err != nil {
		return nil, err
	}
	if err := shortNames(raw); err != nil {
		return nil, err
	}
	complete(raw)
	completed, err := json.Marshal(raw)
	if err != nil {
		return nil, err
	}
	var doc2 openapi2.T
	if err := json.Unmarshal(completed, &doc2); err != nil {
		return nil, err
	}
	doc, err := openapi2conv.ToV3(&doc2)
	if err != nil {
		return nil, err
	}
	doc.Components.SecuritySchemes = openapi3.SecuritySchemes{
		session: {Value: openapi3.NewSecurityScheme().WithType("apiKey").WithIn("cookie").WithName("hypha_session").
			WithDescription("Set by POST /setup and POST /auth/login; for the browser.")},
		bearer: {Value: openapi3.NewSecurityScheme().WithType("http").WithScheme("bearer").
			WithDescription("An API token: `hypha token create`, or POST /tokens.")},
	}
	if c := doc.Info.Contact; c != nil && c.Name+c.URL+c.Email == "" { // swag writes an empty one
		doc.Info.Contact = nil
	}
	doc.Security = openapi3.SecurityRequirements{{session: []string{}}, {bearer: []string{}}}
	described := doc.Components.Schemas["Problem"]
	if described == nil {
		return nil, errors.New("there is no type Problem, which every error answer has")
	}
	problem := openapi3.NewSchemaRef(problemRef, described.Value)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.Security = nil; open(method, path) {
				op.Security = &openapi3.SecurityRequirements{}
			}
			if op.RequestBody != nil && op.RequestBody.Value != nil {
				delete(op.RequestBody.Value.Extensions, "x-originalParamName")
			}
			if op.OperationID == "" {
				op.OperationID = operationID(method, path)
			}
			answers(op, method, open(method, path), problem)
			problems(op)
		}
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	return doc.MarshalJSON()
}

// complete says what generated clients must not guess: an object without properties holds any (they would take it for one
// that must be empty), and numbers have 64 bits (they would cut a time in ms or a value).
func complete(v any) {
	switch v := v.(type) {
	case map[string]any:
		switch kind := v["type"]; {
		case kind == "object" && v["properties"] == nil && v["additionalProperties"] == nil && v["allOf"] == nil:
			v["additionalProperties"] = true
		case kind == "number" && v["format"] == nil:
			v["format"] = "double"
		case kind == "integer" && v["format"] == nil:
			v["format"] = "int64"
		}
		for _, below := range v {
			complete(below)
		}
	case []any:
		for _, below := range v {
			complete(below)
		}
	}
}

// problems gives each error answer its true media type.
func problems(op *openapi3.Operation) {
	for _, r := range op.Responses.Map() {
		if r.Value == nil {
			continue
		}
		for _, media := range r.Value.Content {
			if media.Schema != nil && media.Schema.Ref == problemRef {
				r.Value.Content = openapi3.Content{problemType: media}
				break
			}
		}
	}
}

// operationID makes "getInputsById" of GET /inputs/{id}: generated clients call their methods so.
func operationID(method, path string) string {
	var id strings.Builder
	id.WriteString(strings.ToLower(method))
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			part = "by-" + strings.TrimSuffix(name, "}")
		}
		for word := range strings.FieldsFuncSeq(part, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			id.WriteString(capital(word))
		}
	}
	return id.String()
}

// shortNames turns the Go names of the definitions ("api.inputBody", "api.page-input_Kind") into names for readers
// ("InputBody", "PageKind"). Where two would fall together the package stays in front.
func shortNames(doc map[string]any) error {
	definitions, ok := doc["definitions"].(map[string]any)
	if !ok {
		return nil
	}
	taken, names := map[string][]string{}, map[string]string{}
	for name := range definitions {
		taken[short(name)] = append(taken[short(name)], name)
	}
	for s, long := range taken {
		for _, name := range long {
			if names[name] = s; len(long) > 1 {
				names[name] = capital(strings.NewReplacer(".", "", "_", "", "-", "").Replace(name))
			}
		}
	}
	renamed := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(definitions)) {
		if renamed[names[name]] != nil {
			return fmt.Errorf("two types would be called %s in the document", names[name])
		}
		renamed[names[name]] = definitions[name]
	}
	doc["definitions"] = renamed
	rename(doc, names)
	return nil
}

// short drops packages: "api.page-input_Kind" is a page of input.Kind, as swag writes generic types.
func short(name string) string {
	var s strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		part = part[strings.LastIndexAny(part, "._")+1:]
		s.WriteString(capital(part))
	}
	return s.String()
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// rename follows the new names in every reference below v.
func rename(v any, names map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			if name, ok := names[strings.TrimPrefix(ref, "#/definitions/")]; ok {
				v["$ref"] = "#/definitions/" + name
			}
		}
		for _, below := range v {
			rename(below, names)
		}
	case []any:
		for _, below := range v {
			rename(below, names)
		}
	}
}
