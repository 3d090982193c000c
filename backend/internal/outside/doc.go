// Package outside carries out what actions ask of the world outside of the program: HTTP requests and programs of this machine.
//
// Everything ends with its context. An error says what the other side answered, cut to what people read.
package outside

import "strings"

// told bounds what is kept of an answer, in bytes: enough for people to see what is wrong.
const told = 300

// short is the beginning of an answer in one line.
func short(answer []byte) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(answer[:min(len(answer), told)]), "?")), " ")
	if text == "" {
		return ""
	}
	return ": " + text
}
