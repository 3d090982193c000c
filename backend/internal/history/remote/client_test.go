package remote

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"google.golang.org/protobuf/encoding/protowire"

	"hypha/internal/history"
	"hypha/internal/history/historytest"
	"hypha/internal/measure"
)

// decode reads a write request into one line each series.
func decode(t *testing.T, body []byte) (lines []string) {
	t.Helper()
	raw, err := snappy.Decode(nil, body)
	if err != nil {
		t.Fatal(err)
	}
	each(t, raw, func(_ protowire.Number, series []byte) {
		var line strings.Builder
		each(t, series, func(n protowire.Number, part []byte) {
			each(t, part, func(m protowire.Number, value []byte) {
				switch {
				case n == seriesLabels:
					line.WriteString(string(value) + " ")
				case m == sampleValue:
					line.WriteString(time.Duration(math.Float64frombits(binary.LittleEndian.Uint64(value))).String() + "@")
				default:
					v, _ := protowire.ConsumeVarint(value)
					line.WriteString(time.UnixMilli(int64(v)).UTC().Format("05.000 "))
				}
			})
		})
		lines = append(lines, strings.TrimSpace(line.String()))
	})
	return lines
}

// each visits the fields of a message.
func each(t *testing.T, message []byte, visit func(protowire.Number, []byte)) {
	t.Helper()
	for len(message) > 0 {
		n, kind, size := protowire.ConsumeTag(message)
		if size < 0 {
			t.Fatal(protowire.ParseError(size))
		}
		message = message[size:]
		length := protowire.ConsumeFieldValue(n, kind, message)
		if length < 0 {
			t.Fatal(protowire.ParseError(length))
		}
		value := message[:length]
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(value)
		}
		visit(n, value)
		message = message[length:]
	}
}

func TestARequestIsWhatTheSpecificationAsksFor(t *testing.T) {
	var got *http.Request
	var lines []string
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, lines = r, decode(t, body)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer fake.Close()
	c := newClient(Access{Tenant: "tents", Username: "maya", Password: "secret"})
	defer c.http.CloseIdleConnections()
	l := Labels{Input: "Tent", Name: "air\xff", Quantity: "temperature", Unit: "C"}
	err := c.write(t.Context(), fake.URL+"/api/v1/write", encode("pi", []sample{
		{series{17, l}, 2000, 3, measure.Good},
		{series{18, Labels{}}, 1000, 1, measure.Good},
		{series{17, l}, 1000, 2, measure.Good},
		{series{17, l}, 3000, 5, measure.OutOfRange},
	}))
	if err != nil {
		t.Fatal(err)
	}
	user, password, _ := got.BasicAuth()
	for header, want := range map[string]string{
		"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0", "X-Scope-OrgID": "tents",
	} {
		if got.Header.Get(header) != want {
			t.Errorf("%s: %q, want %q", header, got.Header.Get(header), want)
		}
	}
	if got.Method != http.MethodPost || user != "maya" || password != "secret" {
		t.Errorf("%s by %s:%s", got.Method, user, password)
	}
	want := []string{
		"__name__ hypha_reading channel 17 input Tent instance pi name air\ufffd quantity temperature unit C 2ns@01.000 3ns@02.000",
		"__name__ hypha_reading channel 18 instance pi 1ns@01.000",
		"__name__ hypha_reading channel 17 input Tent instance pi name air\ufffd quality out_of_range quantity temperature unit C 5ns@03.000",
	}
	if d := differ(lines, want, func(a, b string) bool { return a == b }); d != "" {
		t.Error(d)
	}
}

func TestAnswersAreTold(t *testing.T) {
	for _, one := range []struct {
		code            int
		retry           string
		after           time.Duration
		refused, maybe  bool
		says            string
		withoutResponse bool
	}{
		{code: 400, refused: true, says: "why not"},
		{code: 409, refused: true},
		{code: 401, says: "history.remote.username"},
		{code: 404, says: "check the address"},
		{code: 429, retry: "12", after: 12 * time.Second},
		{code: 429, retry: "nonsense"},
		{code: 503, maybe: true},
		{code: 500},
		{withoutResponse: true, maybe: true, says: "cannot be reached"},
	} {
		fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if one.withoutResponse {
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
				return
			}
			w.Header().Set("Retry-After", one.retry)
			http.Error(w, "why not", one.code)
		}))
		patience := time.Minute
		if one.withoutResponse {
			patience = 50 * time.Millisecond
		}
		c := newClient(Access{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}})
		err := c.write(t.Context(), fake.URL, nil)
		after := time.Duration(0)
		if status, ok := errors.AsType[*StatusError](err); ok {
			after = status.After
		}
		if err == nil || rejected(err) != one.refused || mayHaveDied(err) != one.maybe || after != one.after || !strings.Contains(err.Error(), one.says) {
			t.Errorf("%d: %v: refused %t, may have died %t, after %v", one.code, err, rejected(err), mayHaveDied(err), after)
		}
		fake.Close()
	}
}

func TestForwardingNeverFailsTheStore(t *testing.T) {
	taken := make(chan []string, 10)
	fake := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		taken <- decode(t, body)
	}))
	defer fake.Close()
	source, transport := newChannels(1), &http.Transport{}
	defer transport.CloseIdleConnections()
	outbox, err := OpenOutbox(OutboxConfig{
		Dir: t.TempDir(), WriteURL: fake.URL, Instance: "pi", Source: source, Access: Access{Transport: transport}, Linger: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	var inside historytest.Memory
	f := Forward(&inside, outbox)
	if err := f.Append(t.Context(), []measure.Reading{{Channel: 1, T: 1000, V: 4}}); err != nil {
		t.Fatal(err)
	}
	if lines := <-taken; len(lines) != 1 || !strings.HasSuffix(lines[0], "4ns@01.000") {
		t.Errorf("forwarded: %q", lines)
	}
	source.breaks(errBroken)
	if err := f.Append(t.Context(), []measure.Reading{{Channel: 1, T: 2000, V: 4}}); err != nil {
		t.Errorf("a failing queue fails the store: %v", err)
	}
	inside.Fail(errBroken)
	if err := f.Append(t.Context(), []measure.Reading{{Channel: 1, T: 3000, V: 4}}); !errors.Is(err, errBroken) {
		t.Errorf("a failing store: %v", err)
	}
	if err := errors.Join(f.Sync(t.Context()), f.Close()); err != nil {
		t.Error(err)
	}
	if n := len(inside.All()); n != 2 || f.State().Dropped != 1 {
		t.Errorf("%d stored, %+v", n, f.State())
	}
	if len(taken) > 0 {
		t.Errorf("forwarded what is not stored: %q", <-taken)
	}
}

func TestAStoreRefusesWhatItCannotDo(t *testing.T) {
	if _, err := Open(StoreConfig{QueryURL: "localhost:8428"}); err == nil {
		t.Error("an address without scheme was accepted")
	}
	dir := t.TempDir()
	s, err := Open(StoreConfig{
		OutboxConfig: OutboxConfig{Dir: dir, WriteURL: "http://127.0.0.1:1/", Instance: "pi", Source: newChannels(1)}, QueryURL: "http://127.0.0.1:1/api/v1",
	})
	if err != nil {
		t.Fatal(err)
	}
	_, one := s.Delete(t.Context(), 1, 0, 5)
	_, all := s.DeleteChannel(t.Context(), 1)
	if !errors.Is(one, errors.ErrUnsupported) || !errors.Is(all, errors.ErrUnsupported) {
		t.Errorf("%v, %v", one, all)
	}
	if err := s.Append(t.Context(), []measure.Reading{{Channel: 1, V: math.NaN()}}); !errors.Is(err, history.ErrInvalid) {
		t.Errorf("NaN: %v", err)
	}
	if err := s.Append(t.Context(), []measure.Reading{{Channel: 1, T: 5, V: 1}}); err != nil {
		t.Errorf("while the engine is away: %v", err)
	}
	if _, err := s.Count(t.Context(), 1, 0, history.End); !errors.Is(err, history.ErrAway) {
		t.Errorf("an engine that is away: %v", err)
	}
	if st, err := s.Stats(t.Context()); err != nil || st.Engine != "prometheus" || st.Points != 1 {
		t.Errorf("%+v, %v", st, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir + "/" + Folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
}
