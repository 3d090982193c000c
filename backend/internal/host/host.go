// Package host is what drivers get of the machine and the network: the root of its file system, an HTTP client and the
// shared broker connections. A driver takes everything from here, so that a test can hand it a folder of its own in the
// place of /sys and a broker of its own in the place of the user's.
package host

import (
	"net/http"
	"os"
	"path/filepath"

	"hypha/internal/mqttconn"
)

// Host is a value; its parts are shared and safe for concurrent use.
type Host struct {
	// Root is the folder that stands for "/": "/" itself outside tests.
	Root string
	// ReadFile reads a file that stands for a device; nil: os.ReadFile. Tests and device images let reads fail with it.
	ReadFile func(path string) ([]byte, error)
	// HTTP has no overall time-out; callers bound each request with their context.
	HTTP *http.Client
	// MQTT shares one connection for each broker and account.
	MQTT *mqttconn.Pool
}

// Path returns the place of an absolute path of the machine below Root.
func (h Host) Path(elem ...string) string {
	return filepath.Join(append([]string{h.Root}, elem...)...)
}

// Read returns the content of the file at an absolute path of the machine.
func (h Host) Read(elem ...string) ([]byte, error) {
	if h.ReadFile != nil {
		return h.ReadFile(h.Path(elem...))
	}
	return os.ReadFile(h.Path(elem...))
}
