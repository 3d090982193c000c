package httpjson

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"hypha/internal/host"
	"hypha/internal/input"
)

func open1(t *testing.T, options string) input.Reader {
	t.Helper()
	d, err := Kind().Bind(json.RawMessage(options))
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(t.Context(), host.Host{HTTP: &http.Client{}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func one(url, path string) string {
	return fmt.Sprintf(`{"url":%q,"channels":[{"name":"t","json_path":%q,"quantity":"temperature","unit":"C"}]}`, url, path)
}

// TestExchanges plays recorded exchanges.
func TestExchanges(t *testing.T) {
	for _, name := range []string{"http-json-types", "http-json-html-instead"} {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile("testdata/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var c struct {
				Options  map[string]any
				Exchange []struct {
					Request  struct{ Method, Path string }
					Response struct {
						Status  int
						Headers map[string]string
						Body    string
					}
				}
				Expect struct {
					Error   string
					Devices []struct {
						Entities []struct {
							Name  string
							Value any
						}
					}
				}
			}
			if err := json.Unmarshal(raw, &c); err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for _, e := range c.Exchange {
					if e.Request.Method == r.Method && e.Request.Path == r.URL.Path {
						for k, v := range e.Response.Headers {
							w.Header().Set(k, v)
						}
						w.WriteHeader(e.Response.Status)
						_, _ = io.WriteString(w, e.Response.Body)
						return
					}
				}
				http.NotFound(w, r)
			}))
			defer server.Close()
			path, _ := c.Options["path"].(string)
			options, err := json.Marshal(map[string]any{"url": server.URL + path, "channels": c.Options["channels"]})
			if err != nil {
				t.Fatal(err)
			}
			got, err := open1(t, string(options)).Read(t.Context())
			if c.Expect.Error != "" {
				if err == nil || got != nil || !strings.Contains(err.Error(), c.Expect.Error) {
					t.Errorf("got %v, %v; want the error %q", got, err, c.Expect.Error)
				}
				return
			}
			var failed input.ChannelErrors
			if err != nil && !errors.As(err, &failed) {
				t.Fatal(err)
			}
			for i, e := range c.Expect.Devices[0].Entities {
				want := e.Value
				if b, ok := want.(bool); ok {
					want = map[bool]float64{true: 1, false: 0}[b]
				}
				switch {
				case want == nil && failed[i] == nil:
					t.Errorf("%s: got %v, want no value", e.Name, got[i])
				case want != nil && (failed[i] != nil || got[i] != want):
					t.Errorf("%s: got %v, %v; want %v", e.Name, got[i], failed[i], want)
				}
			}
		})
	}
}

func TestAnswersThatAreNoReading(t *testing.T) {
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for range 20_000 {
			if _, err := io.WriteString(w, strings.Repeat(" ", 1000)); err != nil {
				return
			}
		}
	}
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for want, handler := range map[string]http.HandlerFunc{
		"answers 401 Unauthorized; check user name": answer(401, `{"t":1}`),
		"answers 404 Not Found; check the path":     answer(404, ""),
		"answers 500 Internal Server Error":         answer(500, `{"t":1}`),
		"answers 204":                               answer(204, ""),
		"is not JSON":                               answer(200, ""),
		"a web page, not JSON":                      answer(200, "<!DOCTYPE html><html></html>"),
		`the JSON has no "t"`:                       answer(200, `{"temperature":1}`),
		"is an object, not a number":                answer(200, `{"t":{}}`),
		"too large":                                 answer(200, `{"t":1e400}`),
		"longer than 1 MB":                          endless,
		"redirected more than 5 times":              func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) },
		"broke off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"t":1`)
		},
	} {
		t.Run(want, func(t *testing.T) {
			server := httptest.NewServer(handler)
			defer server.Close()
			got, err := open1(t, one(server.URL+"/?key=geheim", "t")).Read(t.Context())
			if err == nil || got != nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "geheim") {
				t.Errorf("the error shows the key: %v", err)
			}
		})
	}
}

func TestADeadDevice(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	gone := server.URL
	server.Close()
	if got, err := open1(t, one(gone+"/?key=geheim", "t")).Read(t.Context()); err == nil || got != nil ||
		!strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "geheim") {
		t.Errorf("nobody there: %v, %v", got, err)
	}
	released := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-released }))
	defer silent.Close()
	defer close(released)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got, err := open1(t, one(silent.URL, "t")).Read(ctx); !errors.Is(err, context.DeadlineExceeded) || got != nil || !strings.Contains(err.Error(), "in time") {
		t.Errorf("silent: %v, %v", got, err)
	}
}

func TestHeadersStayWithTheirHost(t *testing.T) {
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other host was told %q", r.Header.Get("X-Api-Key"))
	}))
	defer thief.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, thief.URL, http.StatusFound)
			return
		}
		_, password, _ := r.BasicAuth()
		_, _ = fmt.Fprintf(w, `{"t":%q}`, r.Header.Get("X-Api-Key")+password)
	}))
	defer server.Close()
	with := func(path string) string {
		return strings.Replace(one(server.URL+path, "t"), `{"url"`, `{"headers":{"x-api-key":"42"},"url"`, 1)
	}
	if got, err := open1(t, with("/")).Read(t.Context()); err != nil || got[0] != 42 {
		t.Errorf("%v, %v", got, err)
	}
	account := strings.Replace(one(server.URL+"/account", "t"), `{"url"`, `{"username":"u","password":"7","url"`, 1)
	if got, err := open1(t, account).Read(t.Context()); err != nil || got[0] != 7 {
		t.Errorf("basic authentication: %v, %v", got, err)
	}
	if got, err := open1(t, with("/moved")).Read(t.Context()); err == nil || !strings.Contains(err.Error(), "redirected to another host") {
		t.Errorf("%v, %v", got, err)
	}
}

func TestOptions(t *testing.T) {
	for options, want := range map[string]string{
		one("https://x/api", "$.a[0]"):     "",
		one("ftp://x", "a"):                "url: must begin with http",
		one("http://", "a"):                "url: names no host",
		one("192.168.1.2/x", "a"):          "url: must begin with http",
		one("http://x", "a[*]"):            "channels[0].json_path: the path must lead to one value",
		`{"url":"http://x","channels":[]}`: "channels",
		one("http://x:99999/y", "a"):       "url: 99999 is no port",
		one("http://x:0/y", "a"):           "url: 0 is no port",
		one("http://u:geheim@x", "a"):      "url: must not hold a user name",
		`{"channels":[]}`:                  "url",
		strings.Replace(one("http://x", "a"), `{"url"`, `{"headers":{"a b":"c"},"url"`, 1):      `headers: "a b" is no name`,
		strings.Replace(one("http://x", "a"), `{"url"`, `{"headers":{"a":"geheim\n"},"url"`, 1): "headers: the value of a has",
	} {
		_, err := Kind().Bind(json.RawMessage(options))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", options, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Error("the error shows a header's value")
		}
	}
	if got := Kind().Options.Secrets(); len(got) != 2 || got[0] != "password" || got[1] != "headers" {
		t.Errorf("secrets: %v", got)
	}
}
