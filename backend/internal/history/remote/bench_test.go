package remote

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// wireBytes counts what goes out.
type wireBytes struct {
	n    atomic.Int64
	next http.RoundTripper
}

func (w *wireBytes) RoundTrip(r *http.Request) (*http.Response, error) {
	w.n.Add(r.ContentLength)
	return w.next.RoundTrip(r)
}

// walk is a walk of two decimals.
type walk struct {
	random *rand.Rand
	value  float64
}

func (w *walk) next() float64 {
	w.value = math.Round((w.value+float64(w.random.IntN(11)-5)/100)*100) / 100
	return w.value
}

func folderBytes(tb testing.TB, dir string) (sum int64) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			if st, ok := info.Sys().(*syscall.Stat_t); ok {
				sum += st.Blocks * 512
			}
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return sum
}

// memory is what the engine's process has in RAM.
func (s *server) memory() float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.run.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kb / 1024
}

// stop ends it as it should, so that all is on the disk.
func (s *server) stop(b *testing.B) {
	b.Helper()
	_ = s.run.Process.Signal(syscall.SIGTERM)
	if err := s.run.Wait(); err != nil {
		b.Logf("%s: %v", s.name, err)
	}
}

// BenchmarkOneSite has 100 sensors of 1 Hz with 10 ms jitter pass through queue and sender into an engine: 2 million readings,
// five and a half hours, as fast as it goes. Then it asks for a graph of one of them.
func BenchmarkOneSite(b *testing.B) {
	const channelsOf, seconds = 100, 20_000
	for _, s := range servers() {
		b.Run(s.name, func(b *testing.B) {
			s.open(b)
			wire := &wireBytes{next: &http.Transport{}}
			store, err := Open(StoreConfig{OutboxConfig: OutboxConfig{
				Dir: b.TempDir(), WriteURL: s.url() + s.writePath, Instance: "bench", Source: siteLabels(channelsOf), Access: Access{Transport: wire},
				Settle: 1, Linger: 1, Logger: quiet(),
			}, QueryURL: s.url()})
			if err != nil {
				b.Fatal(err)
			}
			var walks [channelsOf]walk
			for i := range walks {
				walks[i] = walk{rand.New(rand.NewPCG(1, uint64(i))), 20}
			}
			begin := time.Now().UnixMilli() - (seconds+60)*1000
			b.ResetTimer()
			started := time.Now()
			var queueing time.Duration
			for sec := range int64(seconds) {
				batch := make([]measure.Reading, channelsOf)
				for i := range batch {
					w := &walks[i]
					batch[i] = measure.Reading{Channel: measure.ChannelID(i + 1), T: begin + sec*1000 + w.random.Int64N(21) - 10, V: w.next()}
				}
				at := time.Now()
				if err := store.Append(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
				queueing += time.Since(at)
			}
			const n = channelsOf * seconds
			ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
			defer cancel()
			for tick := time.NewTicker(10 * time.Millisecond); store.State().Queued > 0; {
				select {
				case <-tick.C:
				case <-ctx.Done():
					b.Fatal("not sent in time")
				}
			}
			took := time.Since(started)
			b.ReportMetric(n/took.Seconds(), "readings/s")
			b.ReportMetric(n/queueing.Seconds(), "queued/s")
			b.ReportMetric(float64(wire.n.Load())/n, "wire-B/reading")
			b.ReportMetric(s.memory(), "engine-MB")
			eventually(b, "all is there", func() error {
				got, err := store.Count(b.Context(), 7, 0, history.End)
				if err == nil && got != seconds {
					err = fmt.Errorf("%d", got)
				}
				return err
			})
			at := time.Now()
			const graphs = 20
			for range graphs {
				if err := store.Buckets(b.Context(), 7, begin, begin+seconds*1000, seconds, func(history.Bucket) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(time.Since(at).Milliseconds())/graphs, "ms/graph")
			if err := store.Close(); err != nil {
				b.Fatal(err)
			}
			s.stop(b)
			b.ReportMetric(float64(folderBytes(b, s.dir))/n, "engine-B/reading")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func siteLabels(n int) *channels {
	ids := make([]measure.ChannelID, n)
	for i := range ids {
		ids[i] = measure.ChannelID(i + 1)
	}
	return newChannels(ids...)
}

// BenchmarkThousandSites has one engine take what a thousand sites of 20 channels, one reading in 10 s each, write in an hour:
// 20 000 series, 7.2 million readings. The sites are played by one process, with the requests that they would make.
func BenchmarkThousandSites(b *testing.B) {
	const sites, channelsOf, beats, perRequest = 1000, 20, 360, 6
	for _, s := range servers() {
		b.Run(s.name, func(b *testing.B) {
			s.open(b)
			wire := &wireBytes{next: &http.Transport{}}
			c := newClient(Access{Transport: wire})
			walks := make([]walk, sites*channelsOf)
			for i := range walks {
				walks[i] = walk{rand.New(rand.NewPCG(1, uint64(i))), 20}
			}
			begin := time.Now().UnixMilli() - (beats+6)*10_000
			b.ResetTimer()
			var waited time.Duration
			for beat := int64(0); beat < beats; beat += perRequest {
				for site := range sites {
					var batch []sample
					for ch := range channelsOf {
						w := &walks[site*channelsOf+ch]
						l := series{measure.ChannelID(ch + 1), Labels{Input: "Tent climate", Name: fmt.Sprintf("probe %d", ch), Quantity: "temperature", Unit: "C"}}
						for k := range int64(perRequest) {
							batch = append(batch, sample{series: l, t: begin + (beat+k)*10_000 + w.random.Int64N(21), v: w.next()})
						}
					}
					body := encode(fmt.Sprintf("site-%04d", site), batch)
					at := time.Now()
					if err := c.write(b.Context(), s.url()+s.writePath, body); err != nil {
						b.Fatal(err)
					}
					waited += time.Since(at)
				}
			}
			const n = sites * channelsOf * beats
			b.ReportMetric(n/waited.Seconds(), "readings/s")
			b.ReportMetric(float64(wire.n.Load())/n, "wire-B/reading")
			b.ReportMetric(s.memory(), "engine-MB")
			s.stop(b)
			b.ReportMetric(float64(folderBytes(b, s.dir))/n, "engine-B/reading")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkQueue has the queue take a second of 100 sensors at a time, while the engine is away.
func BenchmarkQueue(b *testing.B) {
	q, err := openQueue(queueConfig{dir: b.TempDir(), limit: 1 << 30, segment: 1 << 20, settle: time.Minute, logger: quiet()})
	if err != nil {
		b.Fatal(err)
	}
	w := walk{rand.New(rand.NewPCG(1, 2)), 20}
	at, n := int64(1_700_000_000_000), 0
	for b.Loop() {
		batch := make([]sample, 100)
		for i := range batch {
			l := series{measure.ChannelID(i + 1), Labels{Input: "Tent climate", Name: "air", Quantity: "temperature", Unit: "C"}}
			batch[i] = sample{series: l, t: at + w.random.Int64N(21), v: w.next()}
		}
		at += 1000
		n += len(batch)
		if err := q.append(batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(q.state().bytes)/float64(n), "B/reading")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/reading")
	if err := q.close(); err != nil {
		b.Fatal(err)
	}
}
