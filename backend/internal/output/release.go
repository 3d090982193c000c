package output

// ReleaseChannel ends the claim of a driver on one channel, as Release does on all.
func (o *Output) ReleaseChannel(n int, by, reason string) bool {
	if n < 0 || n >= len(o.channels) {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	released := o.channels[n].vacate(by, reason)
	if released {
		o.wake()
	}
	return released
}
