package config

import (
	"strings"
	"testing"
	"time"
)

func TestLoadTestNamesWhatIsWrong(t *testing.T) {
	environment := func(pairs map[string]string) func(string) (string, bool) {
		return func(name string) (string, bool) { v, ok := pairs[name]; return v, ok }
	}
	got, err := LoadTest(environment(map[string]string{testSealBytes: "4000", testTendEvery: "50ms", testDisk: "fsync-slow"}))
	if want := (Test{4000, 50 * time.Millisecond, "fsync-slow"}); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if got, err := LoadTest(environment(nil)); err != nil || got != (Test{}) {
		t.Errorf("%+v, %v; want nothing", got, err)
	}
	for name, value := range map[string]string{testSealBytes: "-1", testTendEvery: "often", testDisk: "broken"} {
		if _, err := LoadTest(environment(map[string]string{name: value})); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
	for _, key := range Keys() {
		for _, name := range TestVariables() {
			if Variable(key) == name {
				t.Errorf("%s is part of the configuration", name)
			}
		}
	}
}
