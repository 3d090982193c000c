package mqttsubscribe

import (
	"fmt"
	"sync"

	"hypha/internal/controller"
	"hypha/internal/mqttconn"
)

// health joins what may be wrong at the same time, the connection and single channels, into the one state of the
// input: degraded while anything is wrong, recovered when nothing is any more.
type health struct {
	mu     sync.Mutex
	report controller.Reporter // nil until it is listened to: what is wrong before, dial returns
	lost   error
	faults map[int]string // by channel: why its last message held no value
	told   string
}

// begin reports from now on.
func (h *health) begin(report controller.Reporter, now mqttconn.State) {
	h.mu.Lock()
	h.report = report
	h.mu.Unlock()
	h.connection(now)
}

// connection is called by the pool of connections; it must not block.
func (h *health) connection(s mqttconn.State) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lost = nil
	if !s.Connected {
		h.lost = s.Err
	}
	h.tell()
}

func (h *health) value(channel int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		delete(h.faults, channel)
	} else {
		h.faults[channel] = err.Error()
	}
	h.tell()
}

// tell reports changes only; mu is held.
func (h *health) tell() {
	now := ""
	switch {
	case h.lost != nil:
		now = h.lost.Error()
	case len(h.faults) > 0:
		first := -1
		for channel := range h.faults {
			if first < 0 || channel < first {
				first = channel
			}
		}
		now = h.faults[first]
		if more := len(h.faults) - 1; more > 0 {
			now = fmt.Sprintf("%s (and %d more channels)", now, more)
		}
	}
	if now == h.told || h.report == nil {
		return
	}
	h.told = now
	if now == "" {
		h.report.Recovered()
	} else {
		h.report.Degraded(now)
	}
}
