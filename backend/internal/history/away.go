package history

import "errors"

// ErrAway says that a store elsewhere cannot be asked now: try again later. Appending goes on.
var ErrAway = errors.New("the engine of the history cannot be asked now")
