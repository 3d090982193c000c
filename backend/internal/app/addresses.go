package app

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// addresses are those at which other devices reach the program, the best first: the configured one, then those of this
// machine's networks. None when it listens to this machine only.
func (p *program) addresses() []string {
	if base := strings.TrimRight(p.opts.Config.BaseURL, "/"); base != "" {
		return []string{base}
	}
	scheme, port := "http", ""
	if p.opts.Config.TLS.Cert != "" {
		scheme = "https"
	}
	listens, err := netip.ParseAddrPort(p.listener.Addr().String())
	if err != nil {
		return nil
	}
	_, port, _ = net.SplitHostPort(p.listener.Addr().String())
	own := []netip.Addr{listens.Addr().Unmap()}
	if listens.Addr().IsUnspecified() {
		own = ownAddresses()
	}
	var all []string
	for _, ip := range reachable(own) {
		all = append(all, scheme+"://"+net.JoinHostPort(ip.String(), port))
	}
	return all
}

// ownAddresses are those of the interfaces that are up.
func ownAddresses() []netip.Addr {
	networks, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var all []netip.Addr
	for _, network := range networks {
		if prefix, err := netip.ParsePrefix(network.String()); err == nil {
			all = append(all, prefix.Addr().Unmap())
		}
	}
	return all
}

// reachable leaves out what another device cannot reach, and puts first what people's routers hand out.
func reachable(all []netip.Addr) []netip.Addr {
	good := slices.DeleteFunc(slices.Clone(all), func(ip netip.Addr) bool {
		return !ip.IsValid() || ip.IsLoopback() || ip.IsUnspecified() || ip.IsLinkLocalUnicast() || ip.IsMulticast()
	})
	rank := func(ip netip.Addr) int {
		switch {
		case ip.Is4() && ip.IsPrivate() && ip.As4()[0] == 192:
			return 0
		case ip.Is4() && ip.IsPrivate() && ip.As4()[0] == 10:
			return 1
		case ip.Is4() && !ip.IsPrivate():
			return 2
		case ip.Is4(): // 172.16/12, mostly of containers
			return 3
		}
		return 4
	}
	slices.SortStableFunc(good, func(a, b netip.Addr) int { return rank(a) - rank(b) })
	return good
}
