package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"hypha/internal/option"
)

// Cost is what computing a password hash takes.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

const (
	saltBytes = 16
	hashBytes = 32

	minPassword = 8
	maxPassword = 256 // bytes
	maxUsername = 64  // characters

	// A hash from the database asks for no more than this, whoever wrote it there.
	maxMemoryKiB = 256 * 1024
	maxPasses    = 16
	maxThreads   = 8
)

// hasher computes password hashes, few at a time.
type hasher struct {
	cost    Cost
	slots   chan struct{}
	waiting atomic.Int64
}

// maxWaiting callers wait for a slot; more are sent away, for each holds a request open.
const maxWaiting = 64

func newHasher(c Cost, parallel int) *hasher {
	return &hasher{cost: c, slots: make(chan struct{}, parallel)}
}

func (h *hasher) key(ctx context.Context, password string, salt []byte, c Cost, size uint32) ([]byte, error) {
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return nil, &TooManyError{RetryAfter: 2 * time.Second}
	}
	select {
	case h.slots <- struct{}{}:
		h.waiting.Add(-1)
	case <-ctx.Done():
		h.waiting.Add(-1)
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	key := argon2.IDKey([]byte(password), salt, c.Passes, c.MemoryKiB, c.Threads, size)
	if c.MemoryKiB >= worthFreeing {
		debug.FreeOSMemory() // or one sign-in would stay the largest thing in a small machine's memory
	}
	return key, nil
}

// worthFreeing is the memory of one hash, in KiB, from which on it is given back at once.
const worthFreeing = 4 * 1024

// create returns the hash of a password as a PHC string: "$argon2id$v=19$m=19456,t=2,p=1$salt$hash".
func (h *hasher) create(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails
	key, err := h.key(ctx, password, salt, h.cost, hashBytes)
	if err != nil {
		return "", err
	}
	return encode(h.cost, salt, key), nil
}

// verify reports whether the password has that hash, and whether the hash should be made anew at today's cost.
func (h *hasher) verify(ctx context.Context, password, phc string) (ok, outdated bool, err error) {
	c, salt, want, err := parse(phc)
	if err != nil {
		return false, false, err
	}
	got, err := h.key(ctx, password, salt, c, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, c != h.cost, nil
}

// decoy is a hash that costs as much to check as any other and that no password has.
func decoy(c Cost) string {
	raw := make([]byte, saltBytes+hashBytes)
	rand.Read(raw) // never fails
	return encode(c, raw[:saltBytes], raw[saltBytes:])
}

func encode(c Cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.MemoryKiB, c.Passes, c.Threads, b64(salt), b64(key))
}

var errHash = errors.New("stored password hash is damaged: set the password again")

func parse(phc string) (c Cost, salt, key []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &c.Threads); n != 3 || err != nil {
		return c, nil, nil, errHash
	}
	if c.MemoryKiB > maxMemoryKiB || c.Passes < 1 || c.Passes > maxPasses || c.Threads < 1 || c.Threads > maxThreads {
		return c, nil, nil, errHash
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(salt) < 8 || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, errHash
	}
	return c, salt, key, nil
}

func checkUsername(name string) (errs option.Errors) {
	switch {
	case name == "":
		errs = complain(errs, "username", "is required")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		errs = complain(errs, "username", "must not hold control characters")
	case utf8.RuneCountInString(name) > maxUsername:
		errs = complain(errs, "username", fmt.Sprintf("must be at most %d characters", maxUsername))
	case strings.TrimSpace(name) != name:
		errs = complain(errs, "username", "must not begin or end with a space")
	}
	return errs
}

// checkPassword says what is wrong with a new password; field is where it stands in the request.
func checkPassword(field, password string) (errs option.Errors) {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		errs = complain(errs, field, fmt.Sprintf("must be at least %d characters", minPassword))
	case len(password) > maxPassword:
		errs = complain(errs, field, fmt.Sprintf("must be at most %d bytes", maxPassword))
	}
	return errs
}

func complain(errs option.Errors, field, message string) option.Errors {
	return append(errs, option.FieldError{Field: field, Message: message})
}

// orNil keeps an empty list from becoming an error that is not nil.
func orNil(errs option.Errors) error {
	if len(errs) == 0 {
		return nil
	}
	return errs
}
