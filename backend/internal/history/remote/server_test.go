package remote

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// server is a real engine, of the machine's packages.
type server struct {
	name      string
	command   string
	arguments func(dir, address string) []string
	writePath string
	config    string // of Prometheus

	tb      testing.TB
	dir     string
	address string
	run     *exec.Cmd
	said    bytes.Buffer
}

func servers() []*server {
	return []*server{
		{
			name: "victoria-metrics", command: "victoria-metrics", writePath: "/api/v1/write",
			arguments: func(dir, address string) []string {
				return []string{
					"-storageDataPath=" + dir, "-httpListenAddr=" + address, "-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms",
					"-search.latencyOffset=0s", "-memory.allowedBytes=100MB", "-loggerLevel=ERROR",
				}
			},
		},
		{
			name: "prometheus", command: "prometheus", writePath: "/api/v1/write", config: lateTaken,
			arguments: func(dir, address string) []string {
				return []string{
					"--config.file=" + filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path=" + filepath.Join(dir, "data"),
					"--web.listen-address=" + address, "--web.enable-remote-write-receiver", "--log.level=error",
				}
			},
		},
	}
}

const lateTaken = "storage:\n  tsdb:\n    out_of_order_time_window: 30d\n"

// open starts the engine on a free port, with an empty folder. The test is skipped where the package is missing.
func (s *server) open(tb testing.TB) {
	tb.Helper()
	if _, err := exec.LookPath(s.command); err != nil {
		tb.Skipf("%s is not installed", s.command)
	}
	s.tb, s.dir = tb, tb.TempDir()
	if err := os.WriteFile(filepath.Join(s.dir, "prometheus.yml"), []byte(s.config), 0o600); err != nil {
		tb.Fatal(err)
	}
	s.address = freeAddress(tb)
	s.start()
	tb.Cleanup(s.kill)
}

// freeAddress is below the ports that the system gives to clients: one of those would be taken by somebody while the engine
// is down.
func freeAddress(tb testing.TB) string {
	tb.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000))
		if free, err := net.Listen("tcp", address); err == nil {
			free.Close()
			return address
		}
	}
	tb.Fatal("no port is free")
	return ""
}

func (s *server) url() string { return "http://" + s.address }

func (s *server) start() {
	s.tb.Helper()
	s.run = exec.Command(s.command, s.arguments(s.dir, s.address)...)
	s.run.Stdout, s.run.Stderr = &s.said, &s.said
	if err := s.run.Start(); err != nil {
		s.tb.Fatal(err)
	}
	eventually(s.tb, s.name+" answers", func() error {
		answer, err := http.Get(s.url() + "/api/v1/query?query=1")
		if err != nil {
			return err
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s", answer.Status)
		}
		return nil
	})
}

// kill ends it as a power cut would, but for the files' pages that the system has.
func (s *server) kill() {
	_ = s.run.Process.Kill()
	_ = s.run.Wait()
	http.DefaultClient.CloseIdleConnections()
	if s.tb.Failed() {
		s.tb.Logf("%s said: %.2000s", s.name, s.said.String())
	}
}

// eventually tries until it works, for 20 s at most.
func eventually(tb testing.TB, what string, try func() error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tb.Fatalf("%s: not within 20 s: %v", what, err)
		}
	}
}

// store opens a Store on the engine. With a settle of 1 all answers are the engine's own once everything is sent.
func (s *server) store(tb testing.TB, dir string, source Source, settle time.Duration) *Store {
	tb.Helper()
	transport := &http.Transport{}
	store, err := Open(StoreConfig{
		OutboxConfig: OutboxConfig{
			Dir: dir, WriteURL: s.url() + s.writePath, Instance: "test-" + filepath.Base(dir), Source: source,
			Access: Access{Transport: transport, Timeout: 10 * time.Second}, Settle: settle, Linger: 1, PauseMax: 200 * time.Millisecond,
			Logger: quiet(),
		},
		QueryURL: s.url(),
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
		transport.CloseIdleConnections()
	})
	return store
}
