package fleet

import (
	"encoding/json"
	"time"

	"hypha/internal/function"
)

// Hook hands a call from outside to the running functions of its token; body is JSON or empty. It neither waits for what they do nor
// tells how many there are: ErrNotFound says that there is none.
func (f *Fleet) Hook(token, from string, body json.RawMessage) error {
	if !f.dispatch.called(function.Happening{Type: function.HookEvent(token), Source: from, Data: body, At: time.Now()}) {
		return ErrNotFound
	}
	return nil
}
