// Package clienttest drives a running program through a client that was generated from its OpenAPI document. The client
// itself, client.gen.go, is made by scripts/client-test and kept nowhere.
package clienttest

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// start runs the program on a data folder of its own and returns its address and its setup code.
func start(t *testing.T) (url, code string) {
	t.Helper()
	bin := os.Getenv("HYPHA_BIN")
	if bin == "" {
		t.Fatal("HYPHA_BIN must name the program")
	}
	cmd := exec.Command(bin, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
	watchdog := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer watchdog.Stop()
	listening, setup := regexp.MustCompile(`listening on (http://\S+)`), regexp.MustCompile(`setup code: (\S+)`)
	lines := bufio.NewScanner(errs)
	for (url == "" || code == "") && lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			url = m[1]
		}
		if m := setup.FindStringSubmatch(lines.Text()); m != nil {
			code = m[1]
		}
	}
	if url == "" || code == "" {
		t.Fatal("the program did not say its address and setup code")
	}
	go func() {
		for lines.Scan() { // keep reading, so that the program never waits for us
		}
	}()
	return url, code
}

func TestGeneratedClient(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	url, code := start(t)
	var cookie *http.Cookie
	client, err := NewClientWithResponses(url+"/api/v1", WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		if cookie != nil {
			r.AddCookie(cookie)
		}
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}

	refused, err := client.GetInputsWithResponse(ctx, nil)
	if err != nil || refused.StatusCode() != 401 || refused.ApplicationproblemJSON401 == nil {
		t.Fatalf("without a login: %v, %+v", err, refused)
	}

	made, err := client.PostSetupWithResponse(ctx, SetupRequest{Code: code, Username: "maya", Password: "correct horse battery"})
	if err != nil || made.JSON201 == nil {
		t.Fatalf("setup: %v, %s", err, made.Body)
	}
	for _, c := range made.HTTPResponse.Cookies() {
		if c.Name == "hypha_session" {
			cookie = c
		}
	}

	wrong, err := client.PostInputsWithResponse(ctx, InputDraft{Name: "", Kind: "simulated_sensor", Options: &map[string]any{"quantity": "no such"}})
	if err != nil || wrong.ApplicationproblemJSON422 == nil || wrong.ApplicationproblemJSON422.Errors == nil {
		t.Fatalf("a wrong input: %v, %s", err, wrong.Body)
	}

	period := 0.2
	input, err := client.PostInputsWithResponse(ctx, InputDraft{
		Name: "Greenhouse", Kind: "simulated_sensor", PeriodS: &period,
		Options: &map[string]any{"quantity": "temperature", "unit": "C", "waveform": "constant", "offset": 21.5},
	})
	if err != nil || input.JSON201 == nil {
		t.Fatalf("a new input: %v, %s", err, input.Body)
	}
	channel := input.JSON201.Channels[0].Id

	for {
		latest, err := client.GetReadingsLatestWithResponse(ctx, nil)
		if err != nil || latest.JSON200 == nil {
			t.Fatalf("latest readings: %v", err)
		}
		if len(latest.JSON200.Items) > 0 {
			if r := latest.JSON200.Items[0]; r.Channel != channel || r.V != 21.5 {
				t.Fatalf("the latest reading is %+v", r)
			}
			break
		}
		time.Sleep(100 * time.Millisecond) // a minute is the most
	}

	gone, err := client.DeleteInputsByIdWithResponse(ctx, input.JSON201.Id)
	if err != nil || gone.StatusCode() != 204 {
		t.Fatalf("delete: %v, %s", err, gone.Body)
	}
}
