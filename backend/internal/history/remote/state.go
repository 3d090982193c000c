package remote

// State says how an Outbox fares.
type State struct {
	Queued   int64  // readings that wait to be sent
	Bytes    int64  // of the queue on the disk, with what is kept for a while
	Sent     uint64 // readings that the engine has taken, ever
	Rejected uint64 // readings since the start that the engine refused for good
	Dropped  uint64 // readings since the start that were lost because the queue was full or damaged, or failed itself
	Failed   uint64 // requests since the start that failed
	Err      error  // why the engine takes nothing now; nil = it does
}

// snapshot puts together what sender and queue know.
func (s *sender) snapshot() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.whole()
}

// whole is snapshot with mu held.
func (s *sender) whole() State {
	all, q := s.state, s.queue.state()
	all.Queued, all.Bytes, all.Sent = q.waiting, q.bytes, q.sent
	all.Dropped += q.dropped
	return all
}

// works notes that the engine takes readings.
func (s *sender) works(refused int) {
	s.mu.Lock()
	failed := s.state.Err != nil
	s.state.Err, s.told = nil, false
	s.state.Rejected += uint64(refused)
	all := s.whole()
	s.before = all.Dropped
	s.mu.Unlock()
	if failed {
		s.logger.Info("the remote engine takes readings again", "queued", all.Queued, "dropped", all.Dropped)
		s.onChange(all)
	}
}

// fails notes why the engine takes nothing, and says whether that is new.
func (s *sender) fails(err error) (first bool) {
	s.mu.Lock()
	first = s.state.Err == nil
	s.state.Err = err
	s.state.Failed++
	all := s.whole()
	s.mu.Unlock()
	if first {
		s.logger.Error("the remote engine takes no readings, they wait on the disk", "error", err, "queued", all.Queued)
		s.onChange(all)
	}
	return first
}

// overflowed tells once an outage that readings are being lost.
func (s *sender) overflowed() {
	s.mu.Lock()
	all := s.whole()
	tell := all.Dropped > s.before && !s.told
	s.told = s.told || tell
	s.mu.Unlock()
	if tell {
		s.logger.Error("the queue of the remote engine is full or damaged: the oldest readings are lost", "dropped", all.Dropped, "error", all.Err)
		s.onChange(all)
	}
}

// lost counts readings that did not even get into the queue.
func (s *sender) lost(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Dropped += uint64(n)
}
