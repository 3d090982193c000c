package config

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Test is what tests of the whole program set, so that what happens once a day or to a worn disk happens to them within
// seconds: cmd/torture does. It is no part of the configuration: no file has it, and nobody should want it.
type Test struct {
	SealBytes int64         // HYPHA_TEST_SEAL_BYTES: the size of the history's journal at which it is sealed
	TendEvery time.Duration // HYPHA_TEST_TEND_EVERY: how often sealing and tidying are thought of
	Disk      string        // HYPHA_TEST_DISK: fsync-slow or fsync-fail, what is wrong with the disk of the history
}

const (
	testSealBytes = "HYPHA_TEST_SEAL_BYTES"
	testTendEvery = "HYPHA_TEST_TEND_EVERY"
	testDisk      = "HYPHA_TEST_DISK"
)

// TestVariables are the variables of the environment that LoadTest reads.
func TestVariables() []string { return []string{testSealBytes, testTendEvery, testDisk} }

// LoadTest reads the environment; getenv is os.LookupEnv outside tests.
func LoadTest(getenv func(string) (string, bool)) (t Test, err error) {
	var errs []error
	if text, ok := getenv(testSealBytes); ok {
		if t.SealBytes, err = strconv.ParseInt(text, 10, 64); err != nil || t.SealBytes <= 0 {
			errs = append(errs, fmt.Errorf("%s: %q is no number of bytes", testSealBytes, text))
		}
	}
	if text, ok := getenv(testTendEvery); ok {
		if t.TendEvery, err = time.ParseDuration(text); err != nil || t.TendEvery <= 0 {
			errs = append(errs, fmt.Errorf("%s: %q is no length of time", testTendEvery, text))
		}
	}
	if text, ok := getenv(testDisk); ok {
		if t.Disk = text; text != "fsync-slow" && text != "fsync-fail" {
			errs = append(errs, fmt.Errorf("%s: %q is not one of fsync-slow, fsync-fail", testDisk, text))
		}
	}
	return t, errors.Join(errs...)
}
