package option_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"hypha/internal/option"
)

type span struct {
	From float64 `json:"from" required:"true"`
	To   float64 `json:"to" required:"true"`
}

func (s *span) Validate() error {
	if s.From >= s.To {
		return option.Errors{{Field: "to", Message: "must be after from"}}
	}
	return nil
}

type spans struct {
	First *span           `json:"first"`
	List  []span          `json:"list"`
	Named map[string]span `json:"named"`
	Total float64         `json:"total" min:"0"`
}

var errTotal = errors.New("the spans must add up to the total")

func (s spans) Validate() error {
	var sum float64
	for _, l := range s.List {
		sum += l.To - l.From
	}
	if sum != s.Total {
		return fmt.Errorf("sum: %w", errTotal)
	}
	return nil
}

func TestValidateMethods(t *testing.T) {
	s := option.MustFor[spans]()
	for raw, want := range map[string]string{
		`{}`:                          "",
		`{"first":{"from":2,"to":1}}`: "first.to: must be after from",
		`{"list":[{"from":1,"to":2},{"from":2,"to":2}]}`:                          "list[1].to: must be after from", // the outer one waits
		`{"named":{"b":{"from":2,"to":1},"a":{"from":2,"to":1}}}`:                 "named.a.to: must be after from; named.b.to: must be after from",
		`{"list":[{"from":1,"to":2}]}`:                                            "sum: the spans must add up to the total",
		`{"list":[{"from":1,"to":2}],"total":1}`:                                  "",
		`{"list":[{"from":2,"to":1}],"total":-1}`:                                 "total: must be at least 0", // methods wait for fields
		`{"first":null,"list":[],"named":{"a":{"from":-1,"to":1}},"total":0}`:     "",
		`{"first":{"from":2,"to":1},"list":[{"from":2,"to":1}],"total":1}`:        "first.to: must be after from; list[0].to: must be after from",
		`{"first":{"from":0,"to":1},"named":{"x":{"from":0,"to":1}},"total":0.0}`: "",
	} {
		var o spans
		err := s.Decode(json.RawMessage(raw), &o)
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && got != want {
			t.Errorf("%s:\n got %v\nwant %v", raw, err, want)
		}
	}
}
