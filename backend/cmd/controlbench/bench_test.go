package main

import (
	"strings"
	"testing"
)

// Every target of the report is kept. It takes some ten seconds.
func TestTargets(t *testing.T) {
	if testing.Short() {
		t.Skip("the whole benchmark")
	}
	var out strings.Builder
	code, err := run(&out, 0)
	if err != nil || code != 0 {
		t.Fatalf("exit code %d, %v:\n%s", code, err, out.String())
	}
	for _, heading := range []string{"With given gains", "own experiment", "Beside Mycodo", "a quarter higher", "A day in the grow tent"} {
		if !strings.Contains(out.String(), heading) {
			t.Errorf("nothing about %q", heading)
		}
	}
}
