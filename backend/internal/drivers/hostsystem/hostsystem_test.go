package hostsystem

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/host"
	"hypha/internal/input"
)

// tree writes the files of a machine below a folder.
func tree(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// counters are those of proc/stat (in 1/100 s) and proc/net/dev.
func counters(user, idle, rx, tx int) map[string]string {
	return map[string]string{
		"proc/stat": fmt.Sprintf("cpu  %d 0 0 %d 0 0 0 0 0 0\ncpu0 %d 0 0 %d 0 0 0 0 0 0\nbtime 1700000000\n", user, idle, user, idle),
		"proc/net/dev": "Inter-|   Receive                                                |  Transmit\n" +
			" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n" +
			"    lo: 9999999 1 0 0 0 0 0 0 9999999 1 0 0 0 0 0 0\n" +
			"docker0: 555 1 0 0 0 0 0 0 555 1 0 0 0 0 0 0\n" +
			fmt.Sprintf("  eth0: %d 1 0 0 0 0 0 0 %d 1 0 0 0 0 0 0\n", rx, tx),
	}
}

func machineOf(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	tree(t, root, counters(1000, 9000, 1_000_000, 500_000))
	tree(t, root, map[string]string{
		"proc/loadavg":              "0.50 0.25 0.10 1/234 5678\n",
		"proc/meminfo":              "MemTotal:        1000000 kB\nMemFree:          100000 kB\nMemAvailable:     250000 kB\n",
		"proc/uptime":               "3661.25 7000.00\n",
		"proc/sys/kernel/hostname":  "tent-pi\n",
		"sys/class/net/eth0/device": "",
	})
	return root
}

func open1(t *testing.T, root, options string) (input.Reader, error) {
	t.Helper()
	d, err := Kind(t.TempDir()).Bind(json.RawMessage(options))
	if err != nil {
		t.Fatal(err)
	}
	return d.Open(t.Context(), host.Host{Root: root})
}

func TestFigures(t *testing.T) {
	root := machineOf(t)
	synctest.Test(t, func(t *testing.T) {
		r, err := open1(t, root, `{}`)
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(10 * time.Second)
		tree(t, root, counters(1250, 9750, 1_200_000, 510_000))
		got, err := r.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for c, want := range map[int]float64{
			cpu: 25, load1: 0.5, load5: 0.25, load15: 0.1, memoryUsed: 75, memoryAvailable: 256, received: 20, sent: 1, uptime: 3661.25,
		} {
			if math.Abs(got[c]-want) > 1e-9 {
				t.Errorf("channel %d: %v, want %v", c, got[c], want)
			}
		}
		if got[diskUsed] <= 0 || got[diskUsed] > 100 || got[diskFree] <= 0 {
			t.Errorf("disk: %v %%, %v GB", got[diskUsed], got[diskFree])
		}
		start := time.Now()
		_, err = r.Read(t.Context()) // at once again: waits until a rate means something; the processor stood still
		var failed input.ChannelErrors
		if time.Since(start) != settle || !errors.As(err, &failed) || failed[cpu] == nil || failed[uptime] != nil {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

func TestACounterThatBeginsAnewIsNoRate(t *testing.T) {
	root := machineOf(t)
	synctest.Test(t, func(t *testing.T) {
		r, err := open1(t, root, `{"interface":"eth0"}`)
		if err != nil {
			t.Fatal(err)
		}
		tree(t, root, counters(1100, 9900, 5, 5))
		_, err = r.Read(t.Context())
		var failed input.ChannelErrors
		if !errors.As(err, &failed) || failed[received] == nil || failed[sent] == nil || failed[cpu] != nil {
			t.Errorf("%v", err)
		}
	})
}

func TestWhatIsMissingFailsAlone(t *testing.T) {
	root := machineOf(t)
	synctest.Test(t, func(t *testing.T) {
		r, err := open1(t, root, `{"interface":"wlan7","path":"/no/such/folder"}`)
		if err != nil {
			t.Fatal(err)
		}
		tree(t, root, counters(1100, 9900, 0, 0))
		tree(t, root, map[string]string{"proc/meminfo": "MemTotal: 1000 kB\n", "proc/uptime": "long\n"})
		_, err = r.Read(t.Context())
		var failed input.ChannelErrors
		if !errors.As(err, &failed) || len(failed) != 7 || !strings.Contains(failed[received].Error(), "wlan7") || failed[cpu] != nil || failed[load1] != nil {
			t.Errorf("%v", failed)
		}
		if err := os.RemoveAll(filepath.Join(root, "proc")); err != nil {
			t.Fatal(err)
		}
		if got, err := r.Read(t.Context()); err == nil || got != nil {
			t.Errorf("nothing left to read: %v, %v", got, err)
		}
		if r, err := open1(t, root, `{}`); err == nil {
			t.Errorf("opened %v", r)
		}
	})
}

func TestDiscover(t *testing.T) {
	found, err := Kind("").Discover(t.Context(), host.Host{Root: machineOf(t)})
	if err != nil || len(found) != 1 || found[0].Name != "tent-pi" {
		t.Errorf("%+v, %v", found, err)
	}
	if found, err := Kind("").Discover(t.Context(), host.Host{Root: t.TempDir()}); err != nil || len(found) != 0 {
		t.Errorf("no Linux: %+v, %v", found, err)
	}
}
