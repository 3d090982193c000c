package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const general = `// Package api answers.
//
//	@title     Sample API
//	@version   1
//	@BasePath  /api/v1
package api

import "encoding/json"

type Problem struct {
	Title string ` + "`json:\"title\"`" + `
}

type input struct {
	Name    string          ` + "`json:\"name\"`" + `
	Options json.RawMessage ` + "`json:\"options\"`" + `
	Zone    *int           ` + "`json:\"zone,omitempty\" extensions:\"x-nullable\"`" + `
}

type page[T any] struct {
	Items []T ` + "`json:\"items\"`" + `
}

// list lists.
//
//	@Summary  List the inputs
//	@Param    id   path      int  true  "input"
//	@Success  200  {object}  page[input]
//	@Failure  422  {object}  Problem  "a wrong limit"
//	@Router   /inputs/{id}/read-now [get]
func list() {}

// health is open.
//
//	@Summary  Health
//	@Success  200  {object}  map[string]any
//	@Router   /health [get]
func health() {}
`

// document runs the whole program on a small module.
func document(t *testing.T) (raw string, doc map[string]any) {
	t.Helper()
	src, out := t.TempDir(), t.TempDir()
	for name, content := range map[string]string{"go.mod": "module sample\n\ngo 1.26\n", "api.go": general} {
		if err := os.WriteFile(filepath.Join(src, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(src, "api.go", out); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(out, "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return string(b), doc
}

func at(t *testing.T, v any, path ...string) any {
	t.Helper()
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok || m[key] == nil {
			t.Fatalf("nothing at %s of %s", key, strings.Join(path, " / "))
		}
		v = m[key]
	}
	return v
}

func TestDocument(t *testing.T) {
	raw, doc := document(t)
	get := at(t, doc, "paths", "/inputs/{id}/read-now", "get")
	if got := at(t, get, "operationId"); got != "getInputsByIdReadNow" {
		t.Errorf("operation id %v", got)
	}
	if got := at(t, get, "responses", "422", "content", "application/problem+json", "schema", "$ref"); got != "#/components/schemas/Problem" {
		t.Errorf("problem %v", got)
	}
	if got := at(t, get, "responses", "200", "content", "application/json", "schema", "$ref"); got != "#/components/schemas/PageInput" {
		t.Errorf("page %v", got)
	}
	for _, status := range []string{"401", "403", "404"} { // no annotation says them
		if got := at(t, get, "responses", status, "content", "application/problem+json", "schema", "$ref"); got != problemRef {
			t.Errorf("%s is %v", status, got)
		}
	}
	if got, ok := at(t, doc, "paths", "/health", "get", "responses").(map[string]any); !ok || len(got) != 1 {
		t.Errorf("health answers %v", got)
	}
	if got, ok := at(t, doc, "paths", "/health", "get", "security").([]any); !ok || len(got) != 0 {
		t.Errorf("health asks for a login: %v", got)
	}
	if got := at(t, doc, "components", "schemas", "Input", "properties", "options", "additionalProperties"); got != true {
		t.Errorf("options must be empty: %v", got)
	}
	if got := at(t, doc, "components", "schemas", "Input", "properties", "zone", "format"); got != "int64" {
		t.Errorf("zone may be cut to %v", got)
	}
	if got := at(t, doc, "components", "schemas", "Input", "properties", "zone", "nullable"); got != true {
		t.Errorf("zone cannot be null: %v", got)
	}
	if servers, ok := at(t, doc, "servers").([]any); !ok || len(servers) != 1 || at(t, servers[0], "url") != "/api/v1" {
		t.Errorf("servers %v", doc["servers"])
	}
	if again, _ := document(t); again != raw {
		t.Error("the same sources gave another document")
	}
}

func TestTwoTypesOfOneNameKeepTheirPackage(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(`{"definitions":{"input.Kind":{},"output.Kind":{"items":{"$ref":"#/definitions/input.Kind"}},"api.page-input_Kind":{}}}`), &doc); err != nil {
		t.Fatal(err)
	}
	if err := shortNames(doc); err != nil {
		t.Fatal(err)
	}
	if got := at(t, doc, "definitions", "OutputKind", "items", "$ref"); got != "#/definitions/InputKind" {
		t.Errorf("reference %v", got)
	}
	_ = at(t, doc, "definitions", "PageKind")
}
