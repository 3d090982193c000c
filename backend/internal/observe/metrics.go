package observe

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Figures is what the program says of itself when it is asked.
type Figures struct {
	Controllers    map[string]int // by state
	AbandonedCalls uint64
	LiveClients    int
	HubDropped     map[string]uint64 // entries lost to slow subscribers, by topic
	Queued         int               // readings that wait for the history
	Committed      uint64            // readings stored since the start
	Lost           uint64            // readings the history could not take
	History        *HistorySize      // nil when it could not be found out in time
	Disk           *Disk             // with the data; nil likewise
	Remote         *Remote           // nil without a remote engine
}

// Remote is how it goes with a remote engine.
type Remote struct {
	Queued   int64  // readings that wait to be sent
	Bytes    int64  // of the queue on the disk
	Sent     uint64 // readings, ever
	Rejected uint64 // readings that the engine refused for good, since the start
	Dropped  uint64 // readings that were lost on the way, since the start
	Failed   uint64 // requests, since the start
	Err      error  // why it takes nothing now
}

// Disk is the room of a disk, in bytes.
type Disk struct{ Free, Total uint64 }

// HistorySize is how much is stored.
type HistorySize struct{ Readings, Bytes int64 }

// Metrics serves /metrics. figures is asked at each scrape and must be quick.
func Metrics(version string, lateness *Lateness, figures func() Figures) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&collector{version: version, lateness: lateness, figures: figures, started: time.Now()},
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

type collector struct {
	version  string
	lateness *Lateness
	figures  func() Figures
	started  time.Time
}

// Describe sends nothing: the collector is unchecked, its metrics follow from what there is.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends the present figures.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	f := c.figures()
	send := func(kind prometheus.ValueType, v float64, name, help string, pairs ...string) {
		var names, values []string
		for n := 0; n+1 < len(pairs); n += 2 {
			names, values = append(names, pairs[n]), append(values, pairs[n+1])
		}
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, names, nil), kind, v, values...)
	}
	send(prometheus.GaugeValue, 1, "hypha_build_info", "The version that runs.", "version", c.version)
	send(prometheus.GaugeValue, time.Since(c.started).Seconds(), "hypha_uptime_seconds", "Time since the start.")
	for state, n := range f.Controllers {
		send(prometheus.GaugeValue, float64(n), "hypha_controllers", "Controllers by state.", "state", state)
	}
	for topic, n := range f.HubDropped {
		send(prometheus.CounterValue, float64(n), "hypha_hub_dropped_total", "Entries lost to slow subscribers.", "topic", topic)
	}
	send(prometheus.CounterValue, float64(f.AbandonedCalls), "hypha_abandoned_calls_total", "Device calls that ignored their time-out, of the controllers that run.")
	send(prometheus.GaugeValue, float64(f.LiveClients), "hypha_live_clients", "Connected clients of the live feed.")
	send(prometheus.GaugeValue, float64(f.Queued), "hypha_history_queued_readings", "Readings that wait to be stored.")
	send(prometheus.CounterValue, float64(f.Committed), "hypha_history_stored_readings_total", "Readings stored since the start.")
	send(prometheus.CounterValue, float64(f.Lost), "hypha_history_lost_readings_total", "Readings lost because the store failed for too long.")
	if f.History != nil {
		send(prometheus.GaugeValue, float64(f.History.Readings), "hypha_history_readings", "Readings in the history.")
		send(prometheus.GaugeValue, float64(f.History.Bytes), "hypha_history_size_bytes", "Size of the history on disk.")
	}
	if f.Disk != nil {
		send(prometheus.GaugeValue, float64(f.Disk.Free), "hypha_disk_free_bytes", "Free space where the data lies.")
		send(prometheus.GaugeValue, float64(f.Disk.Total), "hypha_disk_size_bytes", "Size of the disk where the data lies.")
	}
	if r := f.Remote; r != nil {
		up := 1.0
		if r.Err != nil {
			up = 0
		}
		send(prometheus.GaugeValue, up, "hypha_remote_up", "Whether the remote engine takes readings.")
		send(prometheus.GaugeValue, float64(r.Queued), "hypha_remote_queued_readings", "Readings that wait to be sent to the remote engine.")
		send(prometheus.GaugeValue, float64(r.Bytes), "hypha_remote_queue_size_bytes", "Size of the queue of the remote engine on disk.")
		send(prometheus.CounterValue, float64(r.Sent), "hypha_remote_sent_readings_total", "Readings that the remote engine has taken, over all starts.")
		send(prometheus.CounterValue, float64(r.Rejected), "hypha_remote_rejected_readings_total", "Readings that the remote engine refused for good.")
		send(prometheus.CounterValue, float64(r.Dropped), "hypha_remote_dropped_readings_total", "Readings lost on the way to the remote engine.")
		send(prometheus.CounterValue, float64(r.Failed), "hypha_remote_failed_requests_total", "Requests to the remote engine that failed.")
	}
	beats, skipped := c.lateness.Beats()
	send(prometheus.CounterValue, float64(skipped), "hypha_beats_skipped_total", "Beats lost to reads that overran.")
	buckets := map[float64]uint64{}
	seen := uint64(0)
	for n := range c.lateness.buckets {
		seen += c.lateness.buckets[n].Load()
		if n%8 == 7 { // a dozen bounds are enough for a graph
			buckets[bound(n).Seconds()] = seen
		}
	}
	out <- prometheus.MustNewConstHistogram(
		prometheus.NewDesc("hypha_beat_lateness_seconds", "How late reads began.", nil, nil),
		max(beats, seen), time.Duration(c.lateness.sum.Load()).Seconds(), buckets)
}
