// Package auth says who calls and what they may do: users with a role and a password, sessions of browsers, tokens of
// programs, tickets of live feeds, and the code of the first setup.
//
// A Service is safe for concurrent use. It starts no goroutine. Looking up a session or a token is served from a small
// cache for some seconds and writes to the database at most every few minutes; what is revoked through the same Service
// ends at once, what another process revokes ends when the cache forgets it.
//
// Of secrets (sessions, tokens) only a SHA-256 is stored: they are random, so nothing slower is needed. Passwords are
// stored as argon2id. Few are computed at a time, for each takes 19 MiB.
//
// Errors: option.Errors name fields that the user must change; the Err... values and *TooManyError say what else can be
// wrong; settings.ErrNotFound and settings.ErrConflict mean what they mean there. All else is a fault of the machine.
package auth
