package main

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"

	"hypha/cmd/internal/program"
)

// series is what the program has promised to keep of one channel. One writer at a time changes it.
type series struct {
	channel int64

	mu    sync.Mutex
	at    map[int64]*state
	times []int64 // the keys of at, for choosing
	seq   int     // of the last thing that was asked
}

// state is what may be stored at an instant. NaN stands for nothing.
type state struct {
	may  []float64 // more than one: the answer to the last request never came
	ever []float64 // what was promised at some time
	seq  int       // of the request that made it so
}

func newSeries(channel int64) *series { return &series{channel: channel, at: map[int64]*state{}} }

func same(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b }

func has(all []float64, v float64) bool {
	return slices.ContainsFunc(all, func(x float64) bool { return same(x, v) })
}

// change is what a request asks of a series.
type change map[int64]float64

// asked notes that a request goes out: from now on both may be there.
func (s *series) asked(c change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	for t, v := range c {
		st := s.at[t]
		if st == nil {
			st = &state{may: []float64{math.NaN()}}
			s.at[t] = st
			s.times = append(s.times, t)
		}
		st.may = append(st.may, v)
	}
}

// promised notes that it was acknowledged.
func (s *series) promised(c change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t, v := range c {
		st := s.at[t]
		st.ever = append(st.ever, st.may...)
		st.may, st.seq = []float64{v}, s.seq
	}
}

// stored asks the program for all that it has of the channel.
func (s *series) stored(p *program.Server) (map[int64]float64, error) {
	var answer struct {
		Series []struct {
			Raw bool
			T   []int64
			V   []float64
		}
	}
	err := p.Ask(http.MethodGet, fmt.Sprintf("/readings?channel=%d&from=2000-01-01T00:00:00Z&points=1000000", s.channel), nil, &answer)
	if err != nil {
		return nil, err
	}
	if len(answer.Series) != 1 || !answer.Series[0].Raw {
		return nil, fmt.Errorf("channel %d: the answer is no series of readings", s.channel)
	}
	got := make(map[int64]float64, len(answer.Series[0].T))
	last := int64(math.MinInt64)
	for i, t := range answer.Series[0].T {
		if t <= last {
			return nil, fmt.Errorf("channel %d: the reading of %d comes after that of %d", s.channel, t, last)
		}
		last, got[t] = t, answer.Series[0].V[i]
	}
	return got, nil
}

// check compares what is stored with what was promised, and knows afterwards what an answer that never came would have
// said.
func (s *series) check(got map[int64]float64, r *report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sure := 0
	for t, st := range s.at {
		v, there := got[t]
		if !there {
			v = math.NaN()
		}
		if len(st.may) == 1 {
			sure++
		}
		if has(st.may, v) {
			if len(st.may) > 1 {
				st.ever, st.may, st.seq = append(st.ever, st.may...), []float64{v}, s.seq
			}
			continue
		}
		if !there {
			r.lost(fmt.Sprintf("channel %d at %d is gone; promised was %v", s.channel, t, st.may))
		} else {
			r.wrong(fmt.Sprintf("channel %d at %d is %v; promised was %v, before it %v", s.channel, t, v, st.may, st.ever))
		}
		st.may = []float64{v} // told once
	}
	for t, v := range got {
		if s.at[t] == nil {
			r.wrong(fmt.Sprintf("channel %d at %d is %v, which was never sent", s.channel, t, v))
		}
	}
	r.checked(sure)
}

// gap is what a damaged folder has no more of a series.
type gap struct {
	missing []int64 // or older: a replacement is gone, and what it replaced is back
	kept    int
	first   int // request of the first that is missing
}

// compare finds out what a damaged copy has lost. It changes nothing.
func (s *series) compare(got map[int64]float64, r *report) (g gap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g.first = math.MaxInt
	for t, st := range s.at {
		v, there := got[t]
		if !there {
			v = math.NaN()
		}
		switch {
		case same(v, st.may[0]):
			g.kept++
			continue
		case there && !has(st.ever, v):
			r.wrong(fmt.Sprintf("channel %d at %d is %v in a damaged copy; it was %v, before that %v", s.channel, t, v, st.may, st.ever))
		}
		g.missing = append(g.missing, t)
		g.first = min(g.first, st.seq)
	}
	for t, v := range got {
		if s.at[t] == nil {
			r.wrong(fmt.Sprintf("channel %d at %d is %v in a damaged copy, which was never sent", s.channel, t, v))
		}
	}
	return g
}

// after counts what is there of the requests after one, without what deletions have taken.
func (s *series) after(seq int, missing []int64) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := map[int64]bool{}
	for _, t := range missing {
		gone[t] = true
	}
	for t, st := range s.at {
		if st.seq > seq && st.may[0] == st.may[0] && !gone[t] {
			n++
		}
	}
	return n
}
