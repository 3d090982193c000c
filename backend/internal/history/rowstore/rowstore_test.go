package rowstore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hypha/internal/history"
	"hypha/internal/history/historytest"
	"hypha/internal/measure"
)

// victim is the variable that makes this binary the process that TestNothingAcknowledgedIsLostByKill kills.
const victim = "HYPHA_TEST_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victim); dir != "" {
		fmt.Fprintln(os.Stderr, appendForEver(dir))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func open(tb testing.TB, dir string) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	dirs := make(map[history.Store]string)
	in := func(tb testing.TB, dir string) history.Store {
		s := open(tb, dir)
		dirs[s] = dir
		return s
	}
	historytest.Run(t,
		func(tb testing.TB) history.Store { return in(tb, tb.TempDir()) },
		func(tb testing.TB, old history.Store) history.Store {
			if err := old.Close(); err != nil {
				tb.Fatal(err)
			}
			return in(tb, dirs[old])
		})
}

func TestStatsCount(t *testing.T) {
	s := open(t, t.TempDir())
	for i := range 3 {
		if err := s.Append(t.Context(), []measure.Reading{{Channel: 1, T: int64(i)}, {Channel: 1, T: 0}}); err != nil {
			t.Fatal(err)
		}
	}
	if st, err := s.Stats(t.Context()); err != nil || st.Engine != "rows" || st.Points != 3 || st.Bytes == 0 {
		t.Errorf("%+v, %v; want 3 points", st, err)
	}
	if err := errors.Join(s.Sync(t.Context()), s.Sync(t.Context())); err != nil {
		t.Error(err)
	}
}

// batch is what the victim appends in its n-th round: sizes of a live system and of an import.
func batch(n int) []measure.Reading {
	readings := make([]measure.Reading, []int{1, 3, 100}[n%3])
	for i := range readings {
		readings[i] = measure.Reading{Channel: measure.ChannelID(i + 1), T: int64(n), V: float64(n * (i + 1))}
	}
	return readings
}

func appendForEver(dir string) error {
	from, err := strconv.Atoi(os.Getenv("HYPHA_TEST_FROM"))
	if err != nil {
		return err
	}
	s, err := Open(context.Background(), dir)
	if err != nil {
		return err
	}
	for n := from; ; n++ {
		if err := s.Append(context.Background(), batch(n)); err != nil {
			return err
		}
		if _, err := fmt.Println(n); err != nil { // written to the pipe before the next round
			return err
		}
	}
}

func TestNothingAcknowledgedIsLostByKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, acknowledged := t.TempDir(), -1
	for round := 1; round <= 4; round++ { // the same file each time: what one kill leaves, the next process goes on with
		cmd := exec.CommandContext(t.Context(), self)
		cmd.Env = append(os.Environ(), victim+"="+dir, "HYPHA_TEST_FROM="+strconv.Itoa(acknowledged+1))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var complaints strings.Builder
		cmd.Stderr = &complaints
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		until := acknowledged + 100
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if acknowledged, err = strconv.Atoi(lines.Text()); err != nil {
				t.Fatal(err)
			}
			if acknowledged == until {
				if err := cmd.Process.Kill(); err != nil { // and read on: what it said before it died counts too
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil || acknowledged < until {
			t.Fatalf("the process ended by itself at %d: %v, %s", acknowledged, err, complaints.String())
		}
		s, err := Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		for id := range measure.ChannelID(100) {
			n := 0
			err := s.Raw(t.Context(), id+1, 0, history.End, 0, func(got measure.Reading) error {
				for ; len(batch(n)) <= int(id); n++ { // rounds that have nothing for this channel
				}
				if want := batch(n)[id]; got != want {
					return fmt.Errorf("%v, want %v", got, want)
				}
				n++
				return nil
			})
			if err != nil || n <= acknowledged-2 {
				t.Fatalf("round %d, channel %d: %v; readings up to %d, acknowledged %d", round, id+1, err, n-1, acknowledged)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
