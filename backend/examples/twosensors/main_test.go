package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestRun runs the example in virtual time: six and a half seconds pass at once.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 13*period/2)
		defer cancel()
		var out bytes.Buffer
		began := time.Now()
		if err := run(ctx, &out); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 13*period/2 {
			t.Errorf("took %v", took)
		}
		for _, want := range []string{
			"water backing_off: open: no answer at 0x48; try 2 comes in ",
			"beat 1: ", "beat 2: ", "beat 6: ",
			"both took 100ms together, one after the other it were 200ms",
			"air 21.5 °C", "water 18.4 °C",
			"water: i2c-1: no answer within 300ms (the call still hangs)", // beat 3
			"water degraded: i2c-1: no answer within 300ms",
			"water has left a call that hangs behind",
			"lane is busy (a call hangs since", // beat 4
			"lamp at 75 %", "lamp at 40 %",
			"air   stopped", "water stopped",
			"all stopped within 0s",
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is missing", want)
			}
		}
		if n := strings.Count(out.String(), "both took 100ms together"); n != 4 { // beats 1, 2, 5, 6
			t.Errorf("%d beats were read together in 100 ms, want 4", n)
		}
		if n := strings.Count(out.String(), "air 21.5"); n != 6 {
			t.Errorf("air was read %d times, want 6: the other sensor held it up", n)
		}
		if t.Failed() {
			t.Log("\n" + out.String())
		}
	})
}
