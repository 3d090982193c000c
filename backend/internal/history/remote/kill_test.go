package remote

import (
	"fmt"
	"testing"
	"time"

	"hypha/internal/measure"
)

// TestAKilledEngineLosesNothing kills the engine while readings come: VictoriaMetrics then loses the last seconds of what
// it had acknowledged, and gets them again. A Prometheus without a window for late samples refuses them, for it has them.
func TestAKilledEngineLosesNothing(t *testing.T) {
	t.Parallel()
	all := servers()
	strict := servers()[1]
	strict.name, strict.config = "prometheus that takes nothing late", ""
	for _, s := range append(all, strict) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.open(t)
			store := s.store(t, t.TempDir(), newChannels(1, 2, 3), time.Minute)
			begin := time.Now().UnixMilli() - 3_600_000
			n := int64(0)
			write := func(batches int) {
				for range batches {
					batch := make([]measure.Reading, 0, 150)
					for range 50 {
						for id := measure.ChannelID(1); id <= 3; id++ {
							batch = append(batch, measure.Reading{Channel: id, T: begin + n*1000 + n%7, V: float64(n) / 100})
						}
						n++
					}
					if err := store.Append(t.Context(), batch); err != nil {
						t.Fatal(err)
					}
				}
			}
			taken := func() {
				t.Helper()
				eventually(t, "the engine takes readings", func() error {
					if st := store.State(); st.Queued > 0 {
						return fmt.Errorf("%+v", st)
					}
					return nil
				})
			}
			write(10)
			taken()
			s.kill() // right after it acknowledged
			write(10)
			eventually(t, "the outage is noticed", func() error {
				if st := store.State(); st.Err == nil {
					return fmt.Errorf("%+v", st)
				}
				return nil
			})
			s.start()
			write(5)
			taken()
			s.kill()
			s.start() // and is back before anything is sent
			write(1)
			taken()
			to := time.Now().UnixMilli()
			for id := measure.ChannelID(1); id <= 3; id++ {
				eventually(t, "every acknowledged reading is there, none twice", func() error {
					rows, err := store.engine.raw(t.Context(), store.engine.selector("", id), begin, to)
					if err != nil {
						return err
					}
					if len(rows) != 1 || int64(len(rows[0].Values)) != n {
						return fmt.Errorf("%d series with %d readings, want one with %d", len(rows), lengths(rows), n)
					}
					for i, p := range rows[0].Values {
						if want := begin + int64(i)*1000 + int64(i)%7; p.t != want || !alike(p.v, float64(i)/100) {
							t.Fatalf("reading %d: %+v, want time %d", i, p, want)
						}
					}
					return nil
				})
			}
			if st := store.State(); st.Dropped+st.Rejected > 0 || st.Err != nil || st.Failed == 0 {
				t.Errorf("%+v", st)
			}
		})
	}
}

func lengths(rows []row) (n int) {
	for _, r := range rows {
		n += len(r.Values)
	}
	return n
}
