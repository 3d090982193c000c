package script

import (
	"encoding/json"
	"fmt"

	starjson "go.starlark.net/lib/json"
	"go.starlark.net/starlark"

	"hypha/internal/script/guard"
)

// loadVars makes the dict state of what was kept. What cannot be read is an error: an empty state instead would have the
// script begin anew, and dose again.
func loadVars(raw json.RawMessage) (*starlark.Dict, error) {
	if len(raw) == 0 {
		return starlark.NewDict(0), nil
	}
	v, err := callJSON(&starlark.Thread{Name: "state"}, "decode", starlark.String(raw))
	if err != nil {
		return nil, fmt.Errorf("the state that was kept cannot be read: %w", err)
	}
	d, ok := v.(*starlark.Dict)
	if !ok {
		return nil, fmt.Errorf("the state that was kept is a %s", v.Type())
	}
	return d, nil
}

// saveVars is the opposite.
func saveVars(thread *starlark.Thread, d *starlark.Dict) (json.RawMessage, error) {
	if err := guard.Printed(thread, nil, starlark.Tuple{d}, nil); err != nil {
		return nil, fmt.Errorf("state cannot be kept: %w", err)
	}
	v, err := callJSON(thread, "encode", d)
	if err != nil {
		return nil, fmt.Errorf("state cannot be kept: %w", err)
	}
	text, ok := starlark.AsString(v)
	if !ok {
		return nil, fmt.Errorf("state cannot be kept: it became a %s", v.Type())
	}
	if len(text) > MaxState {
		return nil, fmt.Errorf("state is too large to be kept: %d KiB of %d", (len(text)+1023)>>10, MaxState>>10)
	}
	return json.RawMessage(text), nil
}

func callJSON(thread *starlark.Thread, name string, v starlark.Value) (starlark.Value, error) {
	return starlark.Call(thread, starjson.Module.Members[name], starlark.Tuple{v}, nil)
}
