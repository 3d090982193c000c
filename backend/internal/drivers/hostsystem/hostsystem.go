// Package hostsystem watches the machine that Hypha runs on: processor, memory, disk and network.
package hostsystem

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/measure"
)

// settle is the shortest time over which a rate means something: the kernel counts processor time in steps of 10 ms.
const settle = 250 * time.Millisecond

// Options of an input.
type Options struct {
	Path      string `json:"path" max_len:"1000" advanced:"true" title:"Disk" help:"A folder on the disk to watch; empty: the disk with Hypha's own data" placeholder:"/"`
	Interface string `json:"interface" max_len:"30" advanced:"true" title:"Network interface" help:"Empty: all real interfaces together" placeholder:"eth0"`
}

// The channels, in the order of Kind's list.
const (
	cpu = iota
	load1
	load5
	load15
	memoryUsed
	memoryAvailable
	diskUsed
	diskFree
	received
	sent
	uptime
	channels
)

// Kind is the catalogue entry; dataDir is the folder whose disk is watched unless the options name another.
func Kind(dataDir string) input.Kind {
	return input.Define(input.Spec[Options]{
		ID: "host_system", Name: "This machine", Icon: "server", Tags: []string{"host"}, Bus: "host",
		Description: "Processor, memory, disk, network and uptime of the machine that Hypha runs on.",
		Period:      10 * time.Second, MinPeriod: time.Second,
		Channels: []input.Channel{
			{Name: "processor", Quantity: measure.CPUUsage, Unit: measure.Percent},
			{Name: "load, 1 min", Quantity: measure.CPULoad1m, Unit: measure.CPULoadUnit},
			{Name: "load, 5 min", Quantity: measure.CPULoad5m, Unit: measure.CPULoadUnit},
			{Name: "load, 15 min", Quantity: measure.CPULoad15m, Unit: measure.CPULoadUnit},
			{Name: "memory used", Quantity: measure.Usage, Unit: measure.Percent},
			{Name: "memory available", Quantity: measure.Memory, Unit: measure.Megabyte},
			{Name: "disk used", Quantity: measure.Usage, Unit: measure.Percent},
			{Name: "disk free", Quantity: measure.DiskSpace, Unit: measure.Gigabyte},
			{Name: "network received", Quantity: measure.DataRate, Unit: measure.KilobyteS},
			{Name: "network sent", Quantity: measure.DataRate, Unit: measure.KilobyteS},
			{Name: "uptime", Quantity: measure.DurationTime, Unit: measure.Second},
		},
		Open: func(_ context.Context, o Options, h host.Host) (input.Reader, error) {
			if o.Path == "" {
				o.Path = dataDir
			}
			return open(o, h)
		},
		Discover: func(_ context.Context, h host.Host) ([]input.Found, error) {
			name, err := h.Read("proc/sys/kernel/hostname")
			if errors.Is(err, fs.ErrNotExist) {
				return nil, nil // no Linux: nothing is found, which is no failure
			}
			if err != nil {
				return nil, fmt.Errorf("read the name of this machine: %w", err)
			}
			return []input.Found{{
				Kind: "host_system", Name: strings.TrimSpace(string(name)),
				Detail: "processor, memory, disk and network of this machine", Options: []byte(`{}`),
			}}, nil
		},
	})
}

type machine struct {
	o    Options
	h    host.Host
	proc procfs.FS
	last sample
}

// sample holds the counters of which the rates are made.
type sample struct {
	at                 time.Time
	cpu                procfs.CPUStat
	received, sent     uint64
	cpuErr, networkErr error
}

func open(o Options, h host.Host) (input.Reader, error) {
	proc, err := procfs.NewFS(h.Path("proc"))
	if err != nil {
		return nil, fmt.Errorf("this machine does not tell about itself: %w", err)
	}
	m := &machine{o: o, h: h, proc: proc}
	m.last = m.sample()
	return m, nil
}

// Read returns all figures. The rates are means since the last Read; the first one waits until they mean something.
func (m *machine) Read(ctx context.Context) ([]float64, error) {
	if early := settle - time.Since(m.last.at); early > 0 {
		timer := time.NewTimer(early)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	v, failed := make([]float64, channels), input.ChannelErrors{}
	fail := func(err error, of ...int) {
		for _, c := range of {
			failed[c] = err
		}
	}
	m.rates(v, fail)
	if l, err := m.proc.LoadAvg(); err != nil {
		fail(fmt.Errorf("read the load: %w", err), load1, load5, load15)
	} else {
		v[load1], v[load5], v[load15] = l.Load1, l.Load5, l.Load15
	}
	if err := m.memory(v); err != nil {
		fail(err, memoryUsed, memoryAvailable)
	}
	if err := m.disk(v); err != nil {
		fail(err, diskUsed, diskFree)
	}
	if err := m.uptime(v); err != nil {
		fail(err, uptime)
	}
	switch len(failed) {
	case 0:
		return v, nil
	case channels:
		return nil, failed
	default:
		return v, failed
	}
}

func (m *machine) sample() sample {
	s := sample{at: time.Now()}
	stat, err := m.proc.Stat()
	if err != nil {
		s.cpuErr = fmt.Errorf("read the processor time: %w", err)
	}
	s.cpu = stat.CPUTotal
	devices, err := m.proc.NetDev()
	if err != nil {
		s.networkErr = fmt.Errorf("read the network counters: %w", err)
		return s
	}
	names := m.interfaces(devices)
	if len(names) == 0 {
		s.networkErr = errors.New("there is no network interface")
		if m.o.Interface != "" {
			s.networkErr = fmt.Errorf("there is no network interface %s", m.o.Interface)
		}
	}
	for _, name := range names {
		s.received += devices[name].RxBytes
		s.sent += devices[name].TxBytes
	}
	return s
}

// interfaces returns those to watch: the one asked for, or all with a device behind them. Bridges, tunnels and the like
// would count the same bytes twice. A container has only such ones; there all but the loop-back count.
func (m *machine) interfaces(devices procfs.NetDev) []string {
	if m.o.Interface != "" {
		if _, ok := devices[m.o.Interface]; ok {
			return []string{m.o.Interface}
		}
		return nil
	}
	var physical, others []string
	for name := range devices {
		if name == "lo" {
			continue
		}
		others = append(others, name)
		if _, err := os.Stat(m.h.Path("sys", "class", "net", name, "device")); err == nil {
			physical = append(physical, name)
		}
	}
	if len(physical) > 0 {
		return physical
	}
	return others
}

func (m *machine) rates(v []float64, fail func(error, ...int)) {
	before, now := m.last, m.sample()
	m.last = now
	if err := errors.Join(before.cpuErr, now.cpuErr); err != nil {
		fail(err, cpu)
	} else if v[cpu], err = busy(before.cpu, now.cpu); err != nil {
		fail(err, cpu)
	}
	seconds := now.at.Sub(before.at).Seconds()
	switch err := errors.Join(before.networkErr, now.networkErr); {
	case err != nil:
		fail(err, received, sent)
	case now.received < before.received || now.sent < before.sent:
		fail(errors.New("the network counters began anew"), received, sent)
	default:
		v[received] = float64(now.received-before.received) / seconds / 1000
		v[sent] = float64(now.sent-before.sent) / seconds / 1000
	}
}

// busy is the part of the time, in percent, in which the processors did something.
func busy(before, now procfs.CPUStat) (float64, error) {
	idle := now.Idle + now.Iowait - before.Idle - before.Iowait
	work := now.User + now.Nice + now.System + now.IRQ + now.SoftIRQ + now.Steal -
		before.User - before.Nice - before.System - before.IRQ - before.SoftIRQ - before.Steal
	// Iowait may go back a little on real kernels; a negative sum is no measurement.
	if idle+work <= 0 || work < 0 {
		return 0, errors.New("the processor time did not move on")
	}
	// The times are sums of steps of 10 ms; what is finer comes of counting them in floating point.
	return math.Round(min(100, 100*work/(idle+work))*1000) / 1000, nil
}

func (m *machine) memory(v []float64) error {
	info, err := m.proc.Meminfo()
	if err != nil {
		return fmt.Errorf("read the memory: %w", err)
	}
	if info.MemTotalBytes == nil || info.MemAvailableBytes == nil || *info.MemTotalBytes == 0 {
		return errors.New("this kernel does not tell how much memory is available")
	}
	total, available := float64(*info.MemTotalBytes), float64(*info.MemAvailableBytes)
	v[memoryUsed], v[memoryAvailable] = 100*(1-available/total), available/1e6
	return nil
}

func (m *machine) disk(v []float64) error {
	var s unix.Statfs_t
	if err := unix.Statfs(m.o.Path, &s); err != nil {
		return fmt.Errorf("ask for the space on the disk of %s: %w", m.o.Path, err)
	}
	used, free := float64(s.Blocks-s.Bfree), float64(s.Bavail)
	if used+free <= 0 {
		return fmt.Errorf("%s is on no disk with a size", m.o.Path)
	}
	v[diskUsed], v[diskFree] = 100*used/(used+free), free*float64(s.Bsize)/1e9 // as df counts: what is reserved is neither
	return nil
}

func (m *machine) uptime(v []float64) error {
	raw, err := m.h.Read("proc/uptime")
	if err != nil {
		return fmt.Errorf("read the uptime: %w", err)
	}
	first, _, _ := strings.Cut(string(raw), " ")
	if v[uptime], err = strconv.ParseFloat(first, 64); err != nil {
		return fmt.Errorf("read the uptime: %w", err)
	}
	return nil
}
