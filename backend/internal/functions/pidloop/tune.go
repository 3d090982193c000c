package pidloop

import (
	"context"
	"encoding/json"
	"time"

	"hypha/internal/function"
)

// experiment is a test of the plant that is under way.
type experiment struct{}

func (l *logic) experimentStep(context.Context, function.Moment) (time.Time, error) {
	return time.Time{}, nil
}

func (l *logic) tune(context.Context, time.Time, string, json.RawMessage) (any, error) {
	return nil, function.ErrUnknownOrder
}
