package remote

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/measure"
)

func testQueue(t *testing.T, dir string, limit int64) *queue {
	t.Helper()
	q, err := openQueue(queueConfig{dir: dir, limit: limit, segment: 1000, settle: time.Minute, logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// some are n samples of two channels from a time on.
func some(from int64, n int) (all []sample) {
	for i := range n {
		id := measure.ChannelID(i%2 + 1)
		all = append(all, sample{series: series{id, Labels{Name: "n", Unit: "C"}}, t: from + int64(i), v: float64(i) / 3, q: measure.Quality(i % 6)})
	}
	return all
}

func put(t *testing.T, q *queue, samples []sample) {
	t.Helper()
	if err := q.append(samples); err != nil {
		t.Fatal(err)
	}
}

// drain reads what is to be sent and notes it as sent, or not.
func drain(t *testing.T, q *queue, advance bool) (all []sample) {
	t.Helper()
	c := &cursor{queue: q}
	defer c.close()
	from, stop := q.resume()
	c.seek(from)
	for {
		batch, next, err := c.read(10, stop)
		if err != nil {
			t.Fatal(err)
		}
		if len(batch) == 0 {
			return all
		}
		all = append(all, batch...)
		if advance {
			if err := q.advance(next, int64(len(batch))); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func wantSamples(t *testing.T, what string, got, want []sample) {
	t.Helper()
	if d := differ(got, want, func(a, b sample) bool { return a == b }); d != "" {
		t.Errorf("%s: %s", what, d)
	}
}

func TestAQueueGoesOnWhereItEnded(t *testing.T) {
	dir := t.TempDir()
	q := testQueue(t, dir, 1<<20)
	first, second := some(0, 100), some(1000, 50)
	put(t, q, first)
	wantSamples(t, "first run", drain(t, q, true), first)
	for i := range second {
		put(t, q, second[i:i+1])
	}
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
	if err := q.append(first); err == nil {
		t.Error("a closed queue takes readings")
	}
	q = testQueue(t, dir, 1<<20)
	if st := q.state(); st.waiting != 50 || st.sent != 100 {
		t.Errorf("after a clean end: %+v", st)
	}
	wantSamples(t, "after a clean end nothing is sent twice", drain(t, q, true), second)
	if st := q.state(); st.waiting != 0 || st.sent != 150 {
		t.Errorf("when all is sent: %+v", st)
	}
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
}

func TestAQueueSurvivesTheDeathOfTheProcess(t *testing.T) {
	dir := t.TempDir()
	q := testQueue(t, dir, 1<<20)
	samples := some(0, 30)
	put(t, q, samples)
	drain(t, q, true)
	more := some(500, 3)
	put(t, q, more)
	last := q.segments[len(q.segments)-1]
	whole, err := os.ReadFile(last.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.close() })

	for cut := len(segmentMagic) - 3; cut <= len(whole); cut++ {
		dead := t.TempDir() // what a process that was killed here has left
		for name, b := range map[string][]byte{filepath.Base(last.path): whole[:cut], positionName: position1(t, dir)} {
			if err := os.WriteFile(filepath.Join(dead, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		again := testQueue(t, dead, 1<<20)
		var want []sample // whole records, again from the first one that may not have settled
		if int64(cut) >= q.done.at.offset {
			want = append(want, samples...)
		}
		if cut == len(whole) {
			want = append(want, more...)
		}
		wantSamples(t, "after a death", drain(t, again, true), want)
		put(t, again, more)
		if got := again.state().waiting; got != 3 {
			t.Fatalf("cut at %d: %d wait, want 3", cut, got)
		}
		wantSamples(t, "new ones", drain(t, again, true), more)
		if err := again.close(); err != nil {
			t.Fatal(err)
		}
	}
}

func position1(t *testing.T, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, positionName))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAFullQueueDropsTheOldest(t *testing.T) {
	q := testQueue(t, t.TempDir(), 5000)
	var all []sample
	for i := range int64(100) {
		batch := some(i*100, 20)
		all = append(all, batch...)
		put(t, q, batch)
	}
	st := q.state()
	if st.bytes > 5000+1000 || st.dropped == 0 || st.dropped+uint64(st.waiting) != uint64(len(all)) {
		t.Errorf("%+v of %d", st, len(all))
	}
	wantSamples(t, "the newest stay", drain(t, q, true), all[st.dropped:])
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
}

func TestADamagedFileCostsItsRestOnly(t *testing.T) {
	dir := t.TempDir()
	q := testQueue(t, dir, 1<<20)
	var all []sample
	for i := range int64(20) {
		batch := some(i*100, 20)
		all = append(all, batch...)
		put(t, q, batch)
	}
	first := q.segments[0]
	whole, err := os.ReadFile(first.path)
	if err != nil {
		t.Fatal(err)
	}
	flip := len(whole) - 30
	whole[flip] ^= 4
	if err := os.WriteFile(first.path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	lost := int(first.count) - 20*int(first.count/20-1)
	want := append(all[:first.count-int64(lost):first.count-int64(lost)], all[first.count:]...)
	wantSamples(t, "what is whole", drain(t, q, true), want)
	if st := q.state(); st.dropped != uint64(lost) || st.waiting != 0 {
		t.Errorf("%+v, want %d lost", st, lost)
	}
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasSentStaysUntilItIsSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(t, t.TempDir(), 1<<20)
		all := some(0, 400)
		for i := 0; i < len(all); i += 20 {
			put(t, q, all[i:i+20])
		}
		pending := func() (got []sample) {
			t.Helper()
			err := q.pending(t.Context(), []measure.ChannelID{2}, 100, 200, func(s sample) { got = append(got, s) })
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		drain(t, q, true)
		if n := len(pending()); n != 50 {
			t.Errorf("just sent: %d are shown from the queue, want 50", n)
		}
		if from, to := q.rewind(); from.offset != 0 || !from.before(to) {
			t.Errorf("after an outage sending begins at %+v", from)
		}
		drain(t, q, true)
		pass(time.Minute)
		if n := len(pending()); n != 0 {
			t.Errorf("settled: %d are still shown", n)
		}
		if from, to := q.rewind(); from != to {
			t.Errorf("settled readings are sent again: %+v to %+v", from, to)
		}
		put(t, q, some(1000, 60))
		if n := len(q.segments); n > 2 {
			t.Errorf("%d files are kept", n)
		}
		if err := q.close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestADamagedPositionSendsAllAgain(t *testing.T) {
	dir := t.TempDir()
	q := testQueue(t, dir, 1<<20)
	all := some(0, 10)
	put(t, q, all)
	drain(t, q, true)
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
	b := position1(t, dir)
	b[9] ^= 1
	if err := os.WriteFile(filepath.Join(dir, positionName), b, 0o600); err != nil {
		t.Fatal(err)
	}
	q = testQueue(t, dir, 1<<20)
	wantSamples(t, "all", drain(t, q, true), all)
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
}
