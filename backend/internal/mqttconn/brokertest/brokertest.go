// Package brokertest starts a real MQTT broker for tests. It belongs to tests only.
package brokertest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Broker is a running mosquitto.
type Broker struct {
	Addr string // host:port
	URL  string // mqtt://host:port

	tb     testing.TB
	binary string
	config string
	cmd    *exec.Cmd
	output bytes.Buffer
}

// Start runs mosquitto on a free port until the test ends. Lines are added to its configuration; without a line that
// says otherwise anybody may connect.
func Start(tb testing.TB, lines ...string) *Broker {
	tb.Helper()
	b := &Broker{tb: tb, Addr: FreeAddress(tb), binary: find(tb)}
	b.URL = "mqtt://" + b.Addr
	_, port, _ := net.SplitHostPort(b.Addr)
	text := strings.Join(lines, "\n")
	if !strings.Contains(text, "allow_anonymous") {
		text = "allow_anonymous true\n" + text
	}
	b.config = filepath.Join(tb.TempDir(), "mosquitto.conf")
	conf := fmt.Sprintf("persistence false\nlistener %s 127.0.0.1\n%s\n", port, text)
	if os.Getuid() == 0 {
		conf = "user root\n" + conf // else it cannot read the files of the test
	}
	if err := os.WriteFile(b.config, []byte(conf), 0o600); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(b.Stop)
	b.Restart()
	return b
}

// Restart starts the broker again on the same port after Stop.
func (b *Broker) Restart() {
	b.tb.Helper()
	b.cmd = exec.Command(b.binary, "-c", b.config) // a broker of the test, ended by Stop
	b.output.Reset()
	b.cmd.Stdout, b.cmd.Stderr = &b.output, &b.output
	if err := b.cmd.Start(); err != nil {
		b.tb.Fatal(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for pause := time.NewTicker(10 * time.Millisecond); ; <-pause.C {
		conn, err := (&net.Dialer{}).DialContext(b.tb.Context(), "tcp", b.Addr)
		if err == nil {
			_ = conn.Close()
			pause.Stop()
			return
		}
		if time.Now().After(deadline) {
			b.Stop()
			b.tb.Fatalf("mosquitto does not answer at %s: %v\n%s", b.Addr, err, b.output.String())
		}
	}
}

// Stop kills the broker at once, as a power cut would.
func (b *Broker) Stop() {
	if b.cmd == nil {
		return
	}
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait()
	b.cmd = nil
}

func find(tb testing.TB) string {
	tb.Helper()
	for _, name := range []string{"mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	tb.Fatal("these tests need the broker mosquitto: apt-get install mosquitto (Debian), brew install mosquitto (macOS)")
	return ""
}

// FreeAddress returns an address of this machine on which nobody listens.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
