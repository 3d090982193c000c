package config

import (
	"strings"
	"testing"
)

func TestARemoteEngineIsCheckedKeyByKey(t *testing.T) {
	const write, query = "http://127.0.0.1:8428/api/v1/write", "http://127.0.0.1:8428"
	for _, one := range []struct {
		engine string
		remote Remote
		keys   []string // that are named, no other
	}{
		{"embedded", Remote{}, nil},
		{"embedded", Remote{WriteURL: write}, nil},
		{"embedded", Remote{WriteURL: write, QueryURL: query, Tenant: "tents", Username: "maya", Password: "x", Instance: "tent"}, nil},
		{"embedded", Remote{QueryURL: query}, []string{"write_url"}},
		{"embedded", Remote{Instance: "tent"}, []string{"write_url"}},
		{"embedded", Remote{WriteURL: "127.0.0.1:8428"}, []string{"write_url"}},
		{"prometheus", Remote{WriteURL: write, QueryURL: query}, nil},
		{"prometheus", Remote{}, []string{"write_url", "query_url"}},
		{"prometheus", Remote{WriteURL: write}, []string{"query_url"}},
		{"prometheus", Remote{WriteURL: write, QueryURL: "ftp://x", Password: "secret"}, []string{"query_url", "username"}},
	} {
		cfg := Default()
		cfg.History.Engine, cfg.History.Remote = one.engine, one.remote
		err := cfg.Check()
		said := ""
		if err != nil {
			said = err.Error()
		}
		for _, key := range []string{"write_url", "query_url", "username", "tenant", "instance"} {
			named := strings.Contains(said, "history.remote."+key+":")
			wanted := strings.Contains(strings.Join(one.keys, " "), key)
			if named != wanted {
				t.Errorf("%s with %+v: %v: names %s: %t, want %t", one.engine, one.remote, err, key, named, wanted)
			}
		}
		if strings.Contains(said, "secret") || (err == nil) != (one.keys == nil) {
			t.Errorf("%s with %+v: %v", one.engine, one.remote, err)
		}
	}
	cfg := Default()
	cfg.History.Engine = "influx"
	if err := cfg.Check(); err == nil || !strings.Contains(err.Error(), "history.engine") {
		t.Errorf("an unknown engine: %v", err)
	}
}
