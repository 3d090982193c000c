package files

import (
	"bytes"
	"net/http"
	"strings"
	"unicode/utf8"
)

// headBytes is how much of a file is looked at to find out what it is.
const headBytes = 3072

// typeOf finds out what a file is by what it begins with: its name and what its sender says are not believed. "" is what
// is not taken.
func typeOf(head []byte, whole bool) string {
	found, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch found {
	case "image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "application/zip", "application/x-gzip",
		"video/mp4", "video/webm", "audio/mpeg", "audio/wave", "application/ogg":
		return found
	case "text/plain", "text/xml", "text/html": // served as plain text whatever it would like to be
		if isText(head, whole) {
			return "text/plain"
		}
	}
	return ""
}

// isText tells whether it is UTF-8 without control characters; where it was cut, a character may be.
func isText(b []byte, whole bool) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			return !whole && !utf8.FullRune(b)
		}
		if r < ' ' && !bytes.ContainsRune([]byte("\t\n\r\f"), r) {
			return false
		}
		b = b[n:]
	}
	return true
}

// kept tells whether a name of a file can be kept as it is.
func kept(r rune) rune {
	if r < ' ' || r == 0x7F || strings.ContainsRune(`/\`, r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
		return -1
	}
	return r
}

const maxName = 120 // characters

// nameOf is what a file is called, from what its sender calls it.
func nameOf(given string) string {
	if at := strings.LastIndexAny(given, `/\`); at >= 0 {
		given = given[at+1:]
	}
	name := strings.TrimSpace(strings.Map(kept, strings.ToValidUTF8(given, "")))
	if runes := []rune(name); len(runes) > maxName {
		end := ""
		if at := strings.LastIndex(name, "."); at >= 0 && len(name)-at <= 10 {
			end = name[at:]
		}
		name = string(runes[:maxName-len(end)]) + end
	}
	if name == "" || strings.Trim(name, ".") == "" {
		return "file"
	}
	return name
}
