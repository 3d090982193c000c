package app

import (
	"net/netip"
	"slices"
	"testing"
)

func TestReachableAddresses(t *testing.T) {
	var all []netip.Addr
	for _, text := range []string{"127.0.0.1", "::1", "fe80::1", "2001:db8::5", "172.17.0.1", "203.0.113.9", "10.1.2.3", "192.168.178.20", "0.0.0.0"} {
		all = append(all, netip.MustParseAddr(text))
	}
	var got []string
	for _, ip := range reachable(all) {
		got = append(got, ip.String())
	}
	want := []string{"192.168.178.20", "10.1.2.3", "203.0.113.9", "172.17.0.1", "2001:db8::5"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
