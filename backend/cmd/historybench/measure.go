package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hypha/internal/history"
	"hypha/internal/history/embedded"
	"hypha/internal/measure"
)

const batch = 10_000

// fill stores a set, and says how many readings it has and how long that took.
func fill(ctx context.Context, e engine, s set) (n int, err error) {
	some := make([]measure.Reading, 0, batch)
	for r := range s.all {
		if some = append(some, r); len(some) == batch {
			if err := e.append(ctx, some); err != nil {
				return n, err
			}
			n, some = n+len(some), some[:0]
		}
	}
	if len(some) > 0 {
		err = e.append(ctx, some)
	}
	return n + len(some), err
}

// sizes stores each set in each engine.
func (b *bench) sizes(ctx context.Context) error {
	long, short := b.days, min(b.days, 30)
	sets := []set{
		{"one channel: a walk of two decimals, 1 Hz, 10 ms of jitter", 0, walks(1, long)},
		{"three channels that are read together", 0.6, walks(3, short)},
		{"ten kinds of sensors", 1.5, mixed(short)},
		{"full-entropy floats", 8.2, entropy(min(long, 10))},
	}
	series, err := measured(b.data)
	if err != nil {
		return err
	}
	if len(series) == 0 {
		fmt.Printf("Measured series were not compared: there are none in %s.\n\n", b.data)
	}
	head := []string{"bytes a reading", "readings", "Hypha"}
	kinds := []string{"hypha"}
	for _, k := range b.engines {
		if k != "rows" {
			kinds, head = append(kinds, k), append(head, k)
		}
	}
	head = append(head, "target")
	var rows [][]string
	for i, s := range append(sets, series...) {
		row := []string{s.name, "", ""}
		of := map[string]float64{}
		for k, kind := range kinds {
			each, n, err := b.size(ctx, kind, s)
			if errors.Is(err, exec.ErrNotFound) {
				row = append(row, "not installed")
				continue
			}
			if err != nil {
				return fmt.Errorf("%s, %s: %w", s.name, kind, err)
			}
			of[kind] = each
			fmt.Fprintf(os.Stderr, "%s, %s: %.3f bytes a reading\n", s.name, kind, each)
			if k == 0 {
				row[1], row[2] = strconv.Itoa(n), fmt.Sprintf("%.3f", each)
				continue
			}
			row = append(row, fmt.Sprintf("%.3f (Hypha has %.2f of it)", each, of["hypha"]/each))
		}
		target := ""
		if i == 0 {
			for kind, most := range map[string]float64{"victoria": 0.8, "influx": 0.7} {
				if of[kind] > 0 {
					target += fmt.Sprintf("%v of %s: %s. ", most, kind, b.verdict(of["hypha"]/of[kind], most))
				}
			}
		} else if s.most > 0 {
			target = fmt.Sprintf("at most %v: %s", s.most, b.verdict(of["hypha"], s.most))
		}
		rows = append(rows, append(row, target))
	}
	fmt.Println("### Size")
	fmt.Println()
	table(head, rows)
	return nil
}

func (b *bench) size(ctx context.Context, kind string, s set) (each float64, n int, err error) {
	e, err := open(ctx, kind)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	if n, err = fill(ctx, e, s); err != nil {
		return 0, 0, err
	}
	bytes, err := e.settled(ctx)
	return float64(bytes) / float64(n), n, err
}

// draw asks for a year, and for other spans, at 1 000 points.
func (b *bench) draw(ctx context.Context) error {
	spans := []struct {
		name string
		ms   int64
		most float64 // p95 in ms
	}{
		{"a minute", 60 * second, 25},
		{"an hour", 3600 * second, 25},
		{"a day", day, 25},
		{"a week", 7 * day, 25},
		{"13 days", 13 * day, 25},
		{"a month", 30 * day, 25},
		{"a quarter", 90 * day, 25},
		{"all of it", int64(b.days) * day, 10},
		{"ten years around it", 3650 * day, 25},
	}
	head, kinds := []string{"p95, ms"}, append([]string{"hypha"}, b.engines...)
	rows := make([][]string, len(spans)+2)
	for i, s := range spans {
		rows[i] = []string{s.name}
	}
	rows[len(spans)], rows[len(spans)+1] = []string{"all of it, ten channels at once"}, []string{"memory of its process, MB"}
	for _, kind := range kinds {
		e, err := open(ctx, kind)
		if errors.Is(err, exec.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		head = append(head, kind)
		if _, err := fill(ctx, e, set{all: walks(1, b.days)}); err != nil {
			return fmt.Errorf("%s: %w", kind, errors.Join(err, e.close()))
		}
		if _, err := e.settled(ctx); err != nil {
			return errors.Join(err, e.close())
		}
		times := 40
		if kind != "hypha" {
			times = 3 // some take ten seconds each
		}
		for i, s := range spans {
			ms, err := timed(ctx, e, 1, s.ms, int64(b.days)*day, times)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", kind, s.name, errors.Join(err, e.close()))
			}
			cell := number(ms)
			if kind == "hypha" {
				cell += fmt.Sprintf(" (at most %v: %s)", s.most, b.verdict(ms, s.most))
			}
			rows[i] = append(rows[i], cell)
		}
		rows[len(spans)+1] = append(rows[len(spans)+1], map[bool]string{true: "–", false: number(float64(e.memory()) / 1e6)}[e.memory() == 0])
		if err := e.close(); err != nil {
			return err
		}
	}
	ten, err := b.ten(ctx)
	if err != nil {
		return err
	}
	rows[len(spans)] = append(rows[len(spans)], ten)
	fmt.Printf("### Drawing %d days of 1 Hz at 1 000 points\n\n", b.days)
	table(head, rows)
	return nil
}

// ten draws ten channels, one after the other as the API does.
func (b *bench) ten(ctx context.Context) (string, error) {
	e, err := open(ctx, "hypha")
	if err != nil {
		return "", err
	}
	defer e.close()
	days := min(b.days, 365)
	if _, err := fill(ctx, e, set{all: walks(10, days)}); err != nil {
		return "", err
	}
	if _, err := e.settled(ctx); err != nil {
		return "", err
	}
	var all []time.Duration
	for i := range int64(20) {
		began := time.Now()
		for c := range 10 {
			to := begin + int64(days)*day - i*7777
			if _, err := e.draw(ctx, measure.ChannelID(c+1), to-int64(days)*day, to, 1000); err != nil {
				return "", err
			}
		}
		all = append(all, time.Since(began))
	}
	ms := quantile(all, 0.95)
	return fmt.Sprintf("%s (at most 40: %s)", number(ms), b.verdict(ms, 40)), nil
}

func timed(ctx context.Context, e engine, ch measure.ChannelID, span, held int64, times int) (float64, error) {
	var all []time.Duration
	for i := range int64(times) {
		to := begin + held - i*(held/int64(times)/20) - 12_345
		began := time.Now()
		n, err := e.draw(ctx, ch, to-span, to, 1000)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, errors.New("an empty answer")
		}
		all = append(all, time.Since(began))
	}
	return quantile(all, 0.95), nil
}

// ingest measures the store alone.
func (b *bench) ingest(ctx context.Context) error {
	e, err := open(ctx, "hypha")
	if err != nil {
		return err
	}
	defer e.close()
	var all []measure.Reading
	for r := range walks(100, 1) {
		if all = append(all, r); len(all) == 4_000_000 {
			break
		}
	}
	before := processor()
	for len(all) > 0 {
		n := min(1000, len(all))
		if err := e.append(ctx, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	used := processor() - before
	perSecond := 4_000_000 / used.Seconds()
	fmt.Printf("### Storing\n\n")
	table([]string{"measured", "value", "target"}, [][]string{{
		"readings a second and core, in the store (batches of 1 000, with sealing)", fmt.Sprintf("%.2f million", perSecond/1e6),
		"over 1 million: " + b.verdict(-perSecond, -1e6),
	}})
	return nil
}

func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// written measures what reaches the disk: 100 sensors of 1 Hz, committed each second and synced each five.
func (b *bench) written(ctx context.Context) error {
	fmt.Printf("### Written to the disk\n\n")
	var rows [][]string
	for _, kind := range append([]string{"hypha"}, b.engines...) {
		if kind == "victoria" {
			continue // writes once an hour and keeps the rest in memory: not to be compared
		}
		e, err := open(ctx, kind)
		if errors.Is(err, exec.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		pid := os.Getpid()
		if s, ok := e.(*server); ok {
			pid = s.cmd.Process.Pid
		}
		before, err := writtenBy(pid)
		if err != nil {
			return errors.Join(err, e.close())
		}
		n, at := 0, 0
		some := make([]measure.Reading, 0, 100)
		for r := range walks(100, 1) {
			if some = append(some, r); len(some) < 100 {
				continue
			}
			if err := e.append(ctx, some); err != nil {
				return errors.Join(err, e.close())
			}
			n, some = n+len(some), some[:0]
			if at++; at%5 == 0 {
				if o, ok := e.(*own); ok {
					if s, ok := o.Store.(interface{ Sync(context.Context) error }); ok {
						if err := s.Sync(ctx); err != nil {
							return errors.Join(err, e.close())
						}
					}
				}
			}
			if n == 1_000_000 {
				break
			}
		}
		if _, err := e.settled(ctx); err != nil {
			return errors.Join(err, e.close())
		}
		after, err := writtenBy(pid)
		if err := errors.Join(err, e.close()); err != nil {
			return err
		}
		mb := float64(after-before) / 1e6
		row := []string{kind, number(mb), ""}
		if kind == "hypha" {
			row[2] = "under 12: " + b.verdict(mb, 12)
		}
		rows = append(rows, row)
	}
	table([]string{"engine", "MB for a million readings, sealing and tidying included", "target"}, rows)
	return nil
}

func writtenBy(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return 0, err
	}
	_, after, ok := strings.Cut(string(b), "\nwrite_bytes: ")
	if !ok {
		return 0, errors.New("no write_bytes in /proc/<pid>/io")
	}
	line, _, _ := strings.Cut(after, "\n")
	return strconv.ParseInt(line, 10, 64)
}

// memory stores long series of a thousand channels and watches the heap.
func (b *bench) memory(ctx context.Context) error {
	e, err := open(ctx, "hypha")
	if err != nil {
		return err
	}
	defer e.close()
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc+m.StackInuse) / 1e6
	}
	base, most := heap(), 0.0
	var at []float64
	some, n := make([]measure.Reading, 0, 1000), 0
	for r := range walks(1000, 1) {
		if some = append(some, r); len(some) < 1000 {
			continue
		}
		if err := e.append(ctx, some); err != nil {
			return err
		}
		n, some = n+len(some), some[:0]
		if n%1_000_000 == 0 {
			now := heap() - base
			most = max(most, now)
			at = append(at, now)
		}
		if n == 30_000_000 {
			break
		}
	}
	fmt.Printf("### Memory\n\n")
	table([]string{"measured", "value", "target"}, [][]string{{
		"most heap of the store, 1 000 channels of 1 Hz, 30 million readings, MB", number(most), "under 40: " + b.verdict(most, 40),
	}, {
		"of it on average in the first and in the last third", fmt.Sprintf("%s, %s", number(mean(at[:len(at)/3])), number(mean(at[2*len(at)/3:]))),
		"growth within 10 %: " + b.verdict(mean(at[2*len(at)/3:])/mean(at[:len(at)/3]), 1.1),
	}})
	return nil
}

func mean(all []float64) float64 {
	sum := 0.0
	for _, v := range all {
		sum += v
	}
	return sum / float64(max(len(all), 1))
}

// start measures opening ten years.
func (b *bench) start(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "historybench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := embedded.Open(ctx, dir, embedded.Config{})
	if err != nil {
		return err
	}
	some := make([]measure.Reading, 0, batch)
	n := 0
	for t := begin; t < begin+3650*day; t += 120 * second { // ten years of a hundred channels, one reading each two minutes
		for c := range 100 {
			some = append(some, measure.Reading{Channel: measure.ChannelID(c + 1), T: t, V: float64(t/60000%977+int64(c)) / 10})
		}
		if len(some) >= batch {
			if err := s.Append(ctx, some); err != nil {
				return err
			}
			n, some = n+len(some), some[:0]
		}
	}
	if err := errors.Join(s.Seal(ctx), s.Close()); err != nil {
		return err
	}
	began := time.Now()
	if s, err = embedded.Open(ctx, dir, embedded.Config{}); err != nil {
		return err
	}
	ids := make([]measure.ChannelID, 100)
	for i := range ids {
		ids[i] = measure.ChannelID(i + 1)
	}
	latest, err := s.Latest(ctx, ids, history.End)
	took := time.Since(began).Seconds()
	if err := errors.Join(err, s.Close()); err != nil || len(latest) != 100 {
		return errors.Join(err, fmt.Errorf("%d channels", len(latest)))
	}
	fmt.Printf("### Opening\n\n")
	table([]string{"measured", "value", "target"}, [][]string{{
		fmt.Sprintf("opening ten years of 100 channels (%d million readings), with the latest of each, s", n/1_000_000),
		number(took), "under 1: " + b.verdict(took, 1),
	}})
	return nil
}
