// Apidocs writes the API's documents from the annotations of its handlers: swagger.json (Swagger 2.0, what swag makes) and
// openapi.json (OpenAPI 3, converted, completed and validated). The same sources give the same bytes.
//
//	go run ./tools/apidocs -src . -main internal/api/server.go -out ../api-docs
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/swaggo/swag"
)

func main() {
	src := flag.String("src", ".", "folder whose packages are read")
	general := flag.String("main", "", "file with the general annotations, below src")
	out := flag.String("out", "", "folder to write to")
	flag.Parse()
	if err := run(*src, *general, *out); err != nil {
		fmt.Fprintln(os.Stderr, "apidocs:", err)
		os.Exit(1)
	}
}

func run(src, general, out string) error {
	if general == "" || out == "" {
		return errors.New("-main and -out are needed")
	}
	v2, err := parse(src, general)
	if err != nil {
		return fmt.Errorf("read the annotations: %w", err)
	}
	v3, err := convert(v2)
	if err != nil {
		return fmt.Errorf("convert to OpenAPI 3: %w", err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if err := write(filepath.Join(out, "swagger.json"), v2); err != nil {
		return err
	}
	return write(filepath.Join(out, "openapi.json"), v3)
}

// quiet drops swag's running commentary; what goes wrong comes back as an error.
type quiet struct{}

func (quiet) Printf(string, ...any) {}

// parse returns the Swagger 2.0 document.
func parse(src, general string) ([]byte, error) {
	p := swag.New(swag.SetDebugger(quiet{}), swag.SetStrict(true), swag.SetOverrides(map[string]string{
		"json.RawMessage": "object",
	}))
	p.ParseInternal = true
	p.RequiredByDefault = true // a field without omitempty is always there
	if err := p.ParseAPI(src, general, 100); err != nil {
		return nil, err
	}
	return json.Marshal(p.GetSwagger())
}

// write indents with keys in order, so that a change shows as the lines it changes.
func write(name string, doc []byte) error {
	var v any
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}
