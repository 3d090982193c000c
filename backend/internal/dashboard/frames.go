package dashboard

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hypha/internal/settings"
)

const (
	framesKey = "dashboard/frames"
	maxFrames = 20
	maxOrigin = 200
)

// Frames are the other servers whose pages dashboards may show inside of a tile. Every browser is told of them with every
// page; without it, it shows none.
type Frames struct {
	store *settings.Store
	note  func(ref, action, by, message string)
	mu    sync.RWMutex
	hosts []string
}

// NewFrames makes a list that is empty until Load. note tells of changes.
func NewFrames(store *settings.Store, note func(ref, action, by, message string)) *Frames {
	return &Frames{store: store, note: note}
}

// Load reads what was stored. It runs once, before anything is served.
func (f *Frames) Load(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := f.store.KV.Get(ctx, framesKey, &f.hosts)
	return err
}

// Hosts are the servers, as origins: "https://grafana.example:3000". The caller must not change the list.
func (f *Frames) Hosts() []string {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.hosts
}

// Set replaces the list and returns it as it is kept: in small letters, each once. What is no address of a server is an
// option.Errors under hosts[n].
func (f *Frames) Set(ctx context.Context, hosts []string, by string) ([]string, error) {
	var bad faults
	if len(hosts) > maxFrames {
		bad.add("hosts", "must be at most %d", maxFrames)
	}
	kept := []string{}
	for i, host := range hosts {
		origin, ok := originOf(host)
		if !ok {
			bad.add(fmt.Sprintf("hosts[%d]", i), "must be the address of a server and no more, like https://grafana.example:3000")
			continue
		}
		if !slices.Contains(kept, origin) {
			kept = append(kept, origin)
		}
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.store.KV.Set(ctx, framesKey, kept); err != nil {
		return nil, err
	}
	f.hosts = kept
	f.note("frame-hosts", "changed", by, "The servers whose pages dashboards may show were changed")
	return kept, nil
}

// hostname is what may stand in a header that browsers read: nothing that would end it or mean more than one server.
var hostname = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$`)

// originOf is scheme, host and port of an address that holds no more than these.
func originOf(text string) (string, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if len(text) > maxOrigin {
		return "", false
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" ||
		u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || !hostname.MatchString(u.Host) {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}
