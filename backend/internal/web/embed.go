package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

//go:embed reader
var reader embed.FS

// FS returns the packed files: app/ is the single-page app, docs/ the reader's library and openapi.json. Names carry ".gz"
// where the content is gzipped. It is empty but for a .gitignore in a program that was built without them.
func FS() fs.FS { return below(dist, "dist") }

func below(fsys fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		panic(err) // only an invalid name fails, and the names are constants
	}
	return sub
}
