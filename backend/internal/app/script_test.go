package app

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// step is one request of a file in testdata/api, and what its answer must and must not hold.
//
//	# a comment
//	viewer POST /stop {"reason":"smoke"}
//	  403 "needs the role operator" !"stopped"
//
// "$soon" in a body is the time in an hour. Without a role it is an administrator's; "stranger" sends no token. A body may go on in lines that begin with a tab.
type step struct {
	line                     int
	role, method, path, body string
	status                   int
	has, hasNot              []string
}

func readScript(t *testing.T, path string) (steps []step) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	request := regexp.MustCompile(`^(?:(stranger|viewer|operator) )?([A-Z]+) (\S+)(?: (.*))?$`)
	want := regexp.MustCompile(`!?"(?:[^"\\]|\\.)*"`)
	for n, line := range strings.Split(string(raw), "\n") {
		switch {
		case strings.TrimSpace(line) == "", strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "\t"):
			steps[len(steps)-1].body += strings.TrimSpace(line)
		case strings.HasPrefix(line, "  "):
			s := &steps[len(steps)-1]
			code, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			if s.status, err = strconv.Atoi(code); err != nil {
				t.Fatalf("%s:%d: no status: %s", path, n+1, line)
			}
			for _, quoted := range want.FindAllString(rest, -1) {
				text, err := strconv.Unquote(strings.TrimPrefix(quoted, "!"))
				if err != nil {
					t.Fatalf("%s:%d: %s: %v", path, n+1, quoted, err)
				}
				if quoted[0] == '!' {
					s.hasNot = append(s.hasNot, text)
				} else {
					s.has = append(s.has, text)
				}
			}
		default:
			parts := request.FindStringSubmatch(line)
			if parts == nil {
				t.Fatalf("%s:%d: no request: %s", path, n+1, line)
			}
			role := parts[1]
			switch role {
			case "":
				role = "admin"
			case "stranger":
				role = ""
			}
			steps = append(steps, step{line: n + 1, role: role, method: parts[2], path: parts[3], body: parts[4]})
		}
	}
	return steps
}

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/api/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			steps := readScript(t, file)
			i := launch(t)
			for _, s := range steps {
				what := filepath.Base(file) + ":" + strconv.Itoa(s.line)
				soon := strconv.FormatInt(time.Now().Add(time.Hour).UnixMilli(), 10)
				got := i.send(s.method, s.path, s.role, strings.ReplaceAll(s.body, `"$soon"`, soon))
				if got.status != s.status {
					t.Errorf("%s: %s %s %.200s is %d %.400s, want %d", what, s.method, s.path, s.body, got.status, got.body, s.status)
					continue
				}
				if got.status >= 400 {
					got.wantProblem(t, what)
				}
				for _, text := range s.has {
					if !strings.Contains(got.body, text) {
						t.Errorf("%s: no %s in %.1000s", what, text, got.body)
					}
				}
				for _, text := range s.hasNot {
					if strings.Contains(got.body, text) {
						t.Errorf("%s: there is %s in %.1000s", what, text, got.body)
					}
				}
			}
		})
	}
}
