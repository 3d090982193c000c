package embedded

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// TestMonthsOfSlowAndFastChannels lets the store tend to itself over two months.
func TestMonthsOfSlowAndFastChannels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		s, err := Open(context.Background(), dir, Config{SealBytes: 200_000, OnDamage: func(d Damage) { t.Errorf("%+v", d) }})
		if err != nil {
			t.Fatal(err)
		}
		want, peak := map[measure.ChannelID]int{}, 0
		put := func(id measure.ChannelID, v float64) {
			if err := s.Append(t.Context(), []measure.Reading{{Channel: id, T: time.Now().UnixMilli(), V: v}}); err != nil {
				t.Fatal(err)
			}
			want[id]++
		}
		for i := range 60 * 24 * 60 {
			<-time.After(time.Minute)
			put(1, float64(i%200)/10)
			if i%60 == 0 {
				put(2, float64(i))
			}
			if i%1440 == 0 {
				put(3, 1)
				journals, err := filepath.Glob(filepath.Join(dir, Folder, "journal-*"))
				if err != nil {
					t.Fatal(err)
				}
				peak = max(peak, len(journals))
			}
		}
		synctest.Wait()
		files, err := filepath.Glob(filepath.Join(dir, Folder, "week*"))
		if err != nil || len(files) < 9 || len(files) > 10 || peak > 2 {
			t.Errorf("%d weeks, %d journals at most, %v", len(files), peak, err)
		}
		s.mu.Lock()
		for i, p := range s.partitions[:len(s.partitions)-1] {
			if s.untidy(p) {
				t.Errorf("week %d of %d is not tidied", i+1, len(s.partitions))
			}
		}
		s.mu.Unlock()
		for id, n := range want {
			if got, err := s.Count(t.Context(), id, 0, history.End); got != n || err != nil {
				t.Errorf("channel %d has %d readings, %v; want %d", id, got, err, n)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
