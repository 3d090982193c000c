package function

import (
	"crypto/sha256"
	"encoding/hex"
)

// HookEvent is the type of the [Happening] with which a call from outside reaches the function of a token; it is among the
// events of its [Uses]. The token itself cannot be told from it, so that it may be kept and compared without care.
func HookEvent(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "hook:" + hex.EncodeToString(sum[:])
}
