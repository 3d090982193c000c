// Package settings keeps what users configure, who they are, and the journal of events, in the SQLite file settings.db
// of the data folder.
//
// Open a Store, then use its repositories (Inputs, Outputs, ...). A Store is safe for concurrent use and may be open in
// several processes at once: a command-line tool can add a user while the server runs. The server alone holds the folder
// with Lock.
//
// Every change is on the disk when the call returns (synchronous FULL). Deleting an input, output, function or zone only
// marks it: Restore brings it back until Purge removes it. Ids are never reused.
//
// Errors: a caller can tell ErrNotFound, ErrConflict (with a *ConflictError inside), ErrReference, ErrFull, ErrBusy,
// ErrCorrupt, ErrNewer and ErrLocked apart; errors of GORM and SQLite do not leave the package.
package settings
