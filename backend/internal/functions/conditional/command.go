package conditional

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"hypha/internal/function"
	"hypha/internal/option"
	"hypha/internal/script"
)

// Command takes run, and dry-run {at?, script?}.
func (l *logic) Command(ctx context.Context, now time.Time, order string, args json.RawMessage) (any, error) {
	switch order {
	case "run":
		err := l.run(ctx, now)
		if _, isTrouble := errors.AsType[*function.Trouble](err); err != nil && !isTrouble {
			return nil, err
		}
		return l.shown, nil
	case "dry-run":
		return l.dry(ctx, now, args)
	}
	return nil, function.ErrUnknownOrder
}

func (l *logic) dry(ctx context.Context, now time.Time, args json.RawMessage) (any, error) {
	var d struct {
		At     *int64  `json:"at"`
		Script *string `json:"script"`
	}
	if len(args) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(args))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&d); err != nil {
			return nil, option.Errors{{Message: "takes at (ms since the epoch) and script, both of them optional"}}
		}
	}
	program := l.program
	if d.Script != nil {
		var err error
		if program, err = script.Compile(*d.Script); err != nil {
			return nil, scriptErrors("script", err)
		}
	}
	return try(ctx, l.env, now, DryRun{At: d.At}, program, l.input(), l.limits())
}
