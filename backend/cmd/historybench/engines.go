package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hypha/internal/history"
	"hypha/internal/history/embedded"
	"hypha/internal/history/rowstore"
	"hypha/internal/measure"
)

// engine stores readings.
type engine interface {
	append(ctx context.Context, readings []measure.Reading) error
	// settled makes the engine put everything into its final form, and returns what it takes on the disk.
	settled(ctx context.Context) (bytes int64, err error)
	// draw asks for points buckets of minimum, maximum and mean.
	draw(ctx context.Context, channel measure.ChannelID, from, to, points int64) (buckets int, err error)
	memory() int64 // bytes that its process holds; 0: it has none of its own
	close() error
}

// own is one of Hypha's stores.
type own struct {
	history.Store
	dir string
}

func openOwn(ctx context.Context, kind, dir string) (engine, error) {
	var s history.Store
	var err error
	if kind == "rows" {
		s, err = rowstore.Open(ctx, dir)
	} else {
		s, err = embedded.Open(ctx, dir, embedded.Config{})
	}
	return &own{s, dir}, err
}

func (o *own) append(ctx context.Context, readings []measure.Reading) error {
	return o.Append(ctx, readings)
}

func (o *own) settled(ctx context.Context) (int64, error) {
	if e, ok := o.Store.(*embedded.Store); ok {
		if err := errors.Join(e.Seal(ctx), e.Tidy(ctx)); err != nil {
			return 0, err
		}
	}
	return sizeOf(o.dir)
}

func (o *own) draw(ctx context.Context, ch measure.ChannelID, from, to, points int64) (n int, err error) {
	// As the API does: first whether there are more readings than points, then the buckets.
	if _, err := history.MoreThan(ctx, o.Store, ch, from, to, points); err != nil {
		return 0, err
	}
	return n, history.Draw(ctx, o.Store, ch, from, to, points, func(history.Bucket) error { n++; return nil })
}

func (o *own) memory() int64 { return 0 }
func (o *own) close() error  { return errors.Join(o.Close(), os.RemoveAll(o.dir)) }

// server is an engine that runs as a process of its own.
type server struct {
	cmd  *exec.Cmd
	url  string
	dir  string
	call *http.Client
	line func(dst []byte, r measure.Reading) []byte
	path string // of writing
	ask  func(ch measure.ChannelID, from, to, points int64) string
}

// openServer starts an engine; errNotInstalled when the machine has none.
func openServer(ctx context.Context, kind, dir string) (engine, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	address := "127.0.0.1:" + strconv.Itoa(port)
	s := &server{url: "http://" + address, dir: dir, call: &http.Client{Timeout: 10 * time.Minute}}
	health := "/health"
	if kind == "victoria" {
		s.cmd = exec.CommandContext(ctx, "victoria-metrics", "-storageDataPath="+dir, "-httpListenAddr="+address, "-retentionPeriod=100y", //nolint:gosec // a folder and a port of our own
			"-search.latencyOffset=0s", "-search.maxPointsPerTimeseries=1000000", "-search.maxSamplesPerSeries=1000000000", "-search.maxSamplesPerQuery=1000000000", "-search.disableCache", "-selfScrapeInterval=0", "-loggerLevel=ERROR")
		s.path, s.line, s.ask = "/write?precision=ms", influxLine, s.askVictoria
	} else {
		second, err := freePort()
		if err != nil {
			return nil, err
		}
		conf := filepath.Join(dir, "influx.conf")
		text := fmt.Sprintf("reporting-disabled = true\nbind-address = \"127.0.0.1:%d\"\n[meta]\ndir = %q\n[data]\ndir = %q\nwal-dir = %q\ncache-snapshot-write-cold-duration = \"2s\"\ncompact-full-write-cold-duration = \"3s\"\n[http]\nbind-address = %q\nlog-enabled = false\n[logging]\nlevel = \"error\"\n",
			second, dir+"/meta", dir+"/data", dir+"/wal", address)
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			return nil, err
		}
		s.cmd = exec.CommandContext(ctx, "influxd", "-config", conf) //nolint:gosec // a file of our own
		s.path, s.line, s.ask, health = "/write?db=x&precision=ms", influxLine, s.askInflux, "/ping"
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		if _, err := s.get(ctx, health); err == nil {
			if kind == "influx" {
				_, err = s.post(ctx, "/query?q="+url.QueryEscape("CREATE DATABASE x"), nil)
			}
			return s, err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
	return nil, errors.Join(fmt.Errorf("%s does not answer", kind), s.close())
}

func freePort() (int, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return 0, err
	}
	defer l.Close()
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.New("no TCP address")
	}
	return at.Port, nil
}

func influxLine(dst []byte, r measure.Reading) []byte {
	dst = append(dst, "hypha,channel="...)
	dst = strconv.AppendInt(dst, int64(r.Channel), 10)
	dst = append(dst, " v="...)
	dst = strconv.AppendFloat(dst, r.V, 'g', -1, 64)
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, r.T, 10)
	return append(dst, '\n')
}

func (s *server) append(ctx context.Context, readings []measure.Reading) error {
	var b []byte
	for _, r := range readings {
		b = s.line(b, r)
	}
	_, err := s.post(ctx, s.path, b)
	return err
}

// settled waits until the files no longer change: both merge in the background.
func (s *server) settled(ctx context.Context) (int64, error) {
	_, _ = s.get(ctx, "/internal/force_flush") // only one of them has these
	_, _ = s.get(ctx, "/internal/force_merge")
	last, same := int64(-1), 0
	for range 60 {
		if err := pause(ctx, time.Second); err != nil {
			return 0, err
		}
		size, err := sizeOf(s.dir)
		if err != nil {
			return 0, err
		}
		if same++; size != last {
			last, same = size, 0
		}
		if same >= 8 {
			return size, nil
		}
	}
	return last, nil
}

func (s *server) draw(ctx context.Context, ch measure.ChannelID, from, to, points int64) (int, error) {
	b, err := s.get(ctx, s.ask(ch, from, to, points))
	// Each bucket has its time once for each of the three values in the one, once in the other.
	return bytes.Count(b, []byte("[")), err
}

func (s *server) askVictoria(ch measure.ChannelID, from, to, points int64) string {
	step := (to-from)/points/1000 + 1
	q := fmt.Sprintf(`union(min_over_time(hypha_v{channel="%[1]d"}[%[2]ds]), label_set(max_over_time(hypha_v{channel="%[1]d"}[%[2]ds]),"a","max"), label_set(avg_over_time(hypha_v{channel="%[1]d"}[%[2]ds]),"a","mean"))`, ch, step)
	return fmt.Sprintf("/api/v1/query_range?nocache=1&start=%d&end=%d&step=%ds&query=%s", from/1000, to/1000, step, url.QueryEscape(q))
}

func (s *server) askInflux(ch measure.ChannelID, from, to, points int64) string {
	q := fmt.Sprintf(`SELECT min(v),max(v),mean(v) FROM hypha WHERE channel='%d' AND time>=%dms AND time<%dms GROUP BY time(%dms) fill(none)`,
		ch, from, to, (to-from)/points+1)
	return "/query?db=x&epoch=ms&q=" + url.QueryEscape(q)
}

func (s *server) get(ctx context.Context, path string) ([]byte, error) {
	return s.do(ctx, http.MethodGet, path, nil)
}

func (s *server) post(ctx context.Context, path string, b []byte) ([]byte, error) {
	return s.do(ctx, http.MethodPost, path, b)
}

func (s *server) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	answer, err := s.call.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s", answer.Status, b[:min(len(b), 200)])
	}
	return b, err
}

func (s *server) memory() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(b), "VmRSS:")
	var kib int64
	_, _ = fmt.Sscan(after, &kib)
	return kib * 1024
}

func (s *server) close() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
	return os.RemoveAll(s.dir)
}

// sizeOf adds up the blocks that files take, not their length: some are set aside and empty.
func sizeOf(dir string) (n int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
			return nil
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if st, ok := infoOf(info); ok {
			n += st.Blocks * 512
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return n, err
}

func infoOf(info fs.FileInfo) (*syscall.Stat_t, bool) {
	if info == nil {
		return nil, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return st, ok
}

// open opens an engine by name in a folder of its own.
func open(ctx context.Context, kind string) (engine, error) {
	dir, err := os.MkdirTemp("", "historybench-")
	if err != nil {
		return nil, err
	}
	if kind == "hypha" || kind == "rows" {
		return openOwn(ctx, kind, dir)
	}
	return openServer(ctx, kind, dir)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
