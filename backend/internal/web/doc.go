// Package web holds the built single-page app and the offline API reader inside the program, and serves them.
//
// `make build` packs both into dist/ (see tools/packweb): files that shrink are stored gzipped only, under their name with
// ".gz" added, and are sent as they are to every browser; a client that does not take gzip gets them unpacked on the way.
// A program built without them still compiles and answers: its pages say how to build them.
//
// [Handler] is safe for concurrent use and keeps nothing but a few content hashes.
package web
