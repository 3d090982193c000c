package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/controller"
	"hypha/internal/option"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink is a server that takes everything and remembers it.
type sink struct {
	*httptest.Server
	mu     sync.Mutex
	got    []asked
	status int
	answer string
	header map[string]string
	hang   chan struct{} // until closed no answer is given
}

type asked struct {
	Method, Host, Path string
	Query              url.Values
	Header             http.Header
	Body               string
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{status: 200, answer: "{}"}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.got = append(s.got, asked{r.Method, r.Header.Get("X-Meant"), r.URL.Path, r.URL.Query(), r.Header, string(body)})
		status, answer, hang := s.status, s.answer, s.hang
		for k, v := range s.header {
			w.Header().Set(k, v)
		}
		s.mu.Unlock()
		if hang != nil {
			<-hang
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	// Services whose address is built into the library are led here too.
	before := http.DefaultTransport
	http.DefaultTransport = s.led()
	t.Cleanup(func() { http.DefaultTransport = before })
	return s
}

// led is a transport that leads every request to the sink and notes where it was meant for.
func (s *sink) led() http.RoundTripper {
	there := &http.Transport{DisableKeepAlives: true}
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("X-Meant", r.URL.Scheme+"://"+r.URL.Host)
		r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(s.URL, "http://")
		return there.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (s *sink) deps() Deps {
	return Deps{HTTP: &http.Client{Transport: s.led()}, Contact: "mailto:someone@example.org", Keys: func(context.Context) (PushKeys, error) {
		return PushKeys{Public: testKeys.Public, Private: testKeys.Private}, nil
	}}
}

func (s *sink) last(t *testing.T) asked {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.got) == 0 {
		t.Fatal("nothing was asked for")
	}
	return s.got[len(s.got)-1]
}

var testKeys = func() PushKeys { //nolint:gochecknoglobals // a key pair takes a moment to make
	k, err := NewPushKeys()
	if err != nil {
		panic(err)
	}
	return k
}()

func senderOf(t *testing.T, d Deps, kind, options string) Sender {
	t.Helper()
	for _, k := range Kinds(d) {
		if k.ID == kind {
			s, err := k.Bind(json.RawMessage(options), controller.NewLanes().Lane(""))
			if err != nil {
				t.Fatalf("%s %s: %v", kind, options, err)
			}
			return s
		}
	}
	t.Fatalf("no kind %s", kind)
	return nil
}

func message() Message {
	v := 31.2
	return Message{
		Title: "Zu warm (critical)", Body: "Lufttemperatur is 31.2 °C, above 30 °C", Level: Critical, At: time.Date(2026, 5, 1, 6, 0, 0, 0, time.UTC),
		Link: "http://hypha.local/alerts", About: []About{{ID: 3, Name: "Zu warm", Severity: Critical, What: "firing", State: "firing", Value: &v}},
	}
}

// ways are all services over HTTP with options that reach the sink.
func ways(s *sink) map[string]string {
	return map[string]string{
		"ntfy":     `{"server":"` + s.URL + `","topic":"tent","password":"tk_secret"}`,
		"telegram": `{"token":"123456:ABC-secret_x","chats":"42, @tent"}`,
		"discord":  `{"webhook_url":"https://discord.com/api/webhooks/123/tok-secret_x"}`,
		"slack":    `{"webhook_url":"https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"}`,
		"pushover": `{"user":"userkey123","token":"apptoken123"}`,
		"gotify":   `{"server":"` + s.URL + `/push","token":"Abcdefghij12345"}`,
		"matrix":   `{"server":"` + s.URL + `","token":"syt_secret","rooms":"!abc:example.org"}`,
		"webhook":  `{"url":"https://example.org/hook?key=s3cret","headers":{"X-Key":"s3cret"}}`,
		"web_push": `{"endpoint":"https://push.example.org/x/s3cret","p256dh":"BNNL5ZaTfK81qhXOx23-wewhigUeFb632jN6LvRWCFH1ubQr77FE_9qV1FuojuRmHP42zmf34rXgW80OvUVDgTk","auth":"zqbxT6JKstKSY9JKibZLSQ"}`,
	}
}

func TestEachServiceIsAskedAsItWantsToBe(t *testing.T) {
	for kind, check := range map[string]func(t *testing.T, a asked){
		"ntfy": func(t *testing.T, a asked) {
			if a.Path != "/tent" || a.Header.Get("Title") != "Zu warm (critical)" || a.Header.Get("Priority") != "Max" && a.Header.Get("Priority") != "5" {
				t.Errorf("%s, title %q, priority %q", a.Path, a.Header.Get("Title"), a.Header.Get("Priority"))
			}
			r := http.Request{Header: a.Header}
			if user, password, _ := r.BasicAuth(); user != "" || password != "tk_secret" {
				t.Errorf("signed in as %q with %q", user, password)
			}
			if !strings.Contains(a.Body, "31.2 °C") {
				t.Errorf("body %q", a.Body)
			}
		},
		"telegram": func(t *testing.T, a asked) {
			if a.Host != "https://api.telegram.org" || a.Path != "/bot123456:ABC-secret_x/sendMessage" || !strings.Contains(a.Body, "@tent") || !strings.Contains(a.Body, `Zu warm`) {
				t.Errorf("%s%s %s", a.Host, a.Path, a.Body)
			}
		},
		"discord": func(t *testing.T, a asked) {
			if a.Host != "https://discord.com" || a.Path != "/api/webhooks/123/tok-secret_x" || !strings.Contains(a.Body, "31.2 °C") || !strings.Contains(a.Body, "Zu warm (critical)") {
				t.Errorf("%s%s %s", a.Host, a.Path, a.Body)
			}
		},
		"slack": func(t *testing.T, a asked) {
			if a.Path != "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX" || !strings.Contains(a.Body, "Zu warm (critical)") {
				t.Errorf("%s%s %s", a.Host, a.Path, a.Body)
			}
		},
		"pushover": func(t *testing.T, a asked) {
			form, _ := url.ParseQuery(a.Body)
			if a.Host != "https://api.pushover.net" || form.Get("user") != "userkey123" || form.Get("priority") != "1" || form.Get("title") != "Zu warm (critical)" {
				t.Errorf("%s %v", a.Host, form)
			}
		},
		"gotify": func(t *testing.T, a asked) {
			if a.Path != "/push/message" || a.Header.Get("X-Gotify-Key") != "Abcdefghij12345" || a.Query.Has("token") || !strings.Contains(a.Body, `"priority":8`) {
				t.Errorf("%s %v %s", a.Path, a.Header, a.Body)
			}
		},
		"matrix": func(t *testing.T, a asked) {
			if !strings.Contains(a.Path, "/send/m.room.message") || !strings.Contains(a.Body, "31.2 °C") {
				t.Errorf("%s %s", a.Path, a.Body)
			}
		},
		"webhook": func(t *testing.T, a asked) {
			var m Message
			if err := json.Unmarshal([]byte(a.Body), &m); err != nil || len(m.About) != 1 || m.About[0].ID != 3 || m.Level != Critical {
				t.Errorf("%v: %s", err, a.Body)
			}
			if a.Header.Get("X-Key") != "s3cret" || a.Header.Get("Content-Type") != "application/json" || a.Query.Get("key") != "s3cret" {
				t.Errorf("%v %v", a.Header, a.Query)
			}
		},
		"web_push": func(t *testing.T, a asked) {
			if a.Path != "/x/s3cret" || a.Header.Get("Urgency") != "high" || a.Header.Get("TTL") != "86400" || !strings.HasPrefix(a.Header.Get("Authorization"), "vapid ") {
				t.Errorf("%s %v", a.Path, a.Header)
			}
			if strings.Contains(a.Body, "Zu warm") {
				t.Error("it is not encrypted")
			}
		},
	} {
		t.Run(kind, func(t *testing.T) {
			s := newSink(t)
			s.answer = map[string]string{"telegram": `{"ok":true,"result":{}}`, "slack": "ok", "matrix": `{"room_id":"!abc:example.org","event_id":"e"}`}[kind]
			if s.answer == "" {
				s.answer = "{}"
			}
			if err := senderOf(t, s.deps(), kind, ways(s)[kind]).Send(t.Context(), message()); err != nil {
				t.Fatal(err)
			}
			check(t, s.last(t))
		})
	}
}

func TestARefusalSaysWhyWithoutSecrets(t *testing.T) {
	for kind := range ways(newSink(t)) {
		for _, status := range []int{403, 503} {
			s := newSink(t)
			s.status = status
			s.answer = `{"ok":false,"error_code":` + http.StatusText(status) + `}`
			if kind == "telegram" {
				s.answer = map[int]string{403: `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked"}`, 503: `{"ok":false,"error_code":503,"description":"later"}`}[status]
			}
			if kind == "slack" {
				s.answer = map[int]string{403: "invalid_token", 503: "later"}[status]
			}
			if kind == "matrix" || kind == "gotify" {
				s.answer = map[int]string{403: `{"errcode":"M_FORBIDDEN","error":"403 Forbidden"}`, 503: `{"errcode":"M_UNKNOWN","error":"503 later"}`}[status]
			}
			options := ways(s)[kind]
			err := senderOf(t, s.deps(), kind, options).Send(t.Context(), message())
			var f *Failure
			if !errors.As(err, &f) {
				t.Errorf("%s, %d: %v, want a failure", kind, status, err)
				continue
			}
			for _, word := range []string{"secret", "s3cret", "XXXXXXXXXXXXXXXXXXXXXXXX", "apptoken123", "userkey123", "Abcdefghij12345"} {
				if strings.Contains(f.Reason, word) {
					t.Errorf("%s, %d: the reason has a secret: %s", kind, status, f.Reason)
				}
			}
			if want := status == 403; f.Hopeless != want {
				t.Errorf("%s, %d: hopeless %v, want %v: %s", kind, status, f.Hopeless, want, f.Reason)
			}
		}
	}
}

func TestWhatTheServiceAsksForIsHeard(t *testing.T) {
	for _, kind := range []string{"ntfy", "discord", "pushover", "webhook", "web_push"} {
		s := newSink(t)
		s.status, s.header = 429, map[string]string{"Retry-After": "90"}
		err := senderOf(t, s.deps(), kind, ways(s)[kind]).Send(t.Context(), message())
		var f *Failure
		if !errors.As(err, &f) || f.Hopeless || f.After != 90*time.Second {
			t.Errorf("%s: %+v", kind, f)
		}
		if n := len(s.got); n != 1 {
			t.Errorf("%s asked %d times", kind, n)
		}
	}
}

func TestABrowserThatIsGoneIsGone(t *testing.T) {
	s := newSink(t)
	s.status = 410
	var f *Failure
	if err := senderOf(t, s.deps(), "web_push", ways(s)["web_push"]).Send(t.Context(), message()); !errors.As(err, &f) || !f.Hopeless || !strings.Contains(f.Reason, "subscribe again") {
		t.Errorf("%v", err)
	}
}

func TestAServiceThatHangsIsGivenUp(t *testing.T) {
	for kind := range ways(newSink(t)) {
		t.Run(kind, func(t *testing.T) {
			s := newSink(t)
			s.hang = make(chan struct{})
			sender := senderOf(t, s.deps(), kind, ways(s)[kind])
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			began := time.Now()
			err := sender.Send(ctx, message())
			if err == nil || time.Since(began) > 5*time.Second {
				t.Errorf("%v after %s", err, time.Since(began))
			}
			close(s.hang)
			if c, ok := sender.(*chat); ok { // the library knows no contexts: it returns only now
				for range time.Tick(time.Millisecond) {
					if !c.lane.Pending() {
						break
					}
				}
			}
		})
	}
}

func TestWrongOptionsAreNamed(t *testing.T) {
	for _, c := range []struct{ kind, options, field string }{
		{"email", `{"host":"h","from":"nobody","to":["a@b.c"]}`, "from"},
		{"email", `{"host":"h","from":"a@b.c","to":["a@b.c","x"]}`, "to[1]"},
		{"email", `{"host":"h","from":"a@b.c","to":["a@b.c"],"security":"none","username":"u","password":"p"}`, "security"},
		{"email", `{"host":"h:25","from":"a@b.c","to":["a@b.c"]}`, "host"},
		{"ntfy", `{"topic":"a b"}`, "topic"},
		{"ntfy", `{"topic":"a","server":"ntfy.sh"}`, "server"},
		{"telegram", `{"token":"x","chats":"1"}`, "token"},
		{"telegram", `{"token":"1:x","chats":" , "}`, "chats"},
		{"discord", `{"webhook_url":"https://example.org/api/webhooks/1/x"}`, "webhook_url"},
		{"slack", `{"webhook_url":"https://hooks.slack.com/services/x"}`, "webhook_url"},
		{"slack", `{"by":"bot","token":"x","channel":"C"}`, "token"},
		{"pushover", `{"user":"a/b","token":"x"}`, "user"},
		{"gotify", `{"server":"https://g","token":"short"}`, "token"},
		{"matrix", `{"server":"https://m/x","token":"t","rooms":"#a"}`, "server"},
		{"webhook", `{"url":"file:///etc/passwd"}`, "url"},
		{"webhook", `{"url":"https://a","headers":{"a b":"c"}}`, "headers"},
		{"web_push", `{"endpoint":"http://push.example.org","p256dh":"x","auth":"y"}`, "endpoint"},
	} {
		for _, k := range Kinds(Deps{Keys: func(context.Context) (PushKeys, error) { return PushKeys{}, nil }}) {
			if k.ID != c.kind {
				continue
			}
			_, err := k.Bind(json.RawMessage(c.options), nil)
			var bad option.Errors
			if !errors.As(err, &bad) || bad[0].Field != c.field {
				t.Errorf("%s %s: %v, want a fault of %s", c.kind, c.options, err, c.field)
			}
		}
	}
}

func TestTextIsClippedOnAWholeCharacter(t *testing.T) {
	if got := clip("ääääää", 8); got != "ää\n..." {
		t.Errorf("%q", got)
	}
	if got := clip("short", 10); got != "short" {
		t.Errorf("%q", got)
	}
	if !bytes.Equal([]byte(clip(strings.Repeat("x", 20), 10)), []byte("xxxxxx\n...")) {
		t.Error(clip(strings.Repeat("x", 20), 10))
	}
}
