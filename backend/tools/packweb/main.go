// Packweb puts the built single-page app, the API reader's library and the OpenAPI document where package web embeds them.
// What shrinks by a tenth or more is stored gzipped only. The same sources give the same bytes.
//
//	go run ./tools/packweb -app ../frontend/dist -reader ../frontend/node_modules/swagger-ui-dist -openapi ../api-docs/openapi.json -out internal/web/dist
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	var s sources
	flag.StringVar(&s.app, "app", "", "folder of the built single-page app")
	flag.StringVar(&s.reader, "reader", "", "folder of swagger-ui-dist")
	flag.StringVar(&s.openapi, "openapi", "", "the OpenAPI document")
	out := flag.String("out", "", "folder to fill; what is in it goes, but for .gitignore")
	flag.Parse()
	if err := pack(s, *out); err != nil {
		fmt.Fprintln(os.Stderr, "packweb:", err)
		os.Exit(1)
	}
}

type sources struct{ app, reader, openapi string }

func pack(s sources, out string) error {
	if s.app == "" || s.reader == "" || s.openapi == "" || out == "" {
		return errors.New("-app, -reader, -openapi and -out are needed")
	}
	if _, err := os.Stat(filepath.Join(s.app, "index.html")); err != nil {
		return fmt.Errorf("the single-page app is not built: %w", err)
	}
	for _, old := range []string{"app", "docs"} {
		if err := os.RemoveAll(filepath.Join(out, old)); err != nil {
			return err
		}
	}
	err := filepath.WalkDir(s.app, func(from string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(s.app, from)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && name != ".": // the bundler's own notes
			return fs.SkipDir
		case d.IsDir(), strings.HasPrefix(d.Name(), "."), strings.HasSuffix(name, ".map"):
			return nil
		}
		return store(from, filepath.Join(out, "app", name))
	})
	if err != nil {
		return err
	}
	for _, name := range []string{"swagger-ui-bundle.js", "swagger-ui.css"} {
		if err := store(filepath.Join(s.reader, name), filepath.Join(out, "docs", name)); err != nil {
			return err
		}
	}
	return store(s.openapi, filepath.Join(out, "docs", "openapi.json"))
}

// store writes the file as it is, or gzipped under to + ".gz" when that is worth it.
func store(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression) // no name and no time in the header
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if z.Len() < len(b)*9/10 {
		to, b = to+".gz", z.Bytes()
	}
	return os.WriteFile(to, b, 0o644)
}
