package secret

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// KeyFile is the name of the key inside the data folder.
const KeyFile = "secret.key"

// What can be wrong with a sealed value. All of them ask the user to restore the key or to enter the secrets again.
var (
	ErrNoKey    = errors.New("the key file " + KeyFile + " is missing: restore it from a backup or enter the secrets again")
	ErrWrongKey = errors.New("sealed with another key: restore its " + KeyFile + " from a backup or enter the secret again")
	ErrDamaged  = errors.New("sealed value is damaged: enter the secret again")
)

const (
	format  = 1
	keySize = 32
	idSize  = 4
)

// Box seals and opens strings with the key of a data folder. It is safe for concurrent use.
type Box struct {
	path string

	mu  sync.Mutex
	key *key // nil until first used
}

type key struct {
	id   []byte // names the key in sealed values, so that a wrong key is told from damage
	aead cipher.AEAD
}

// NewBox returns the box of a data folder. It touches nothing: the first Seal makes a key where there is none.
func NewBox(dir string) *Box { return &Box{path: filepath.Join(dir, KeyFile)} }

// Seal encrypts text. The same text gives another result each time.
func (b *Box) Seal(text string) (string, error) {
	k, err := b.load(true)
	if err != nil {
		return "", err
	}
	head := append([]byte{format}, k.id...)
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce) // never fails
	out := append(bytes.Clone(head), nonce...)
	return base64.StdEncoding.EncodeToString(k.aead.Seal(out, nonce, []byte(text), head)), nil
}

// Open decrypts what Seal has made. Errors are ErrNoKey, ErrWrongKey and ErrDamaged, besides those of the file system.
func (b *Box) Open(sealed string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < 1+idSize || raw[0] != format {
		return "", ErrDamaged
	}
	k, err := b.load(false)
	if err != nil {
		return "", err
	}
	head, rest := raw[:1+idSize], raw[1+idSize:]
	if !bytes.Equal(head[1:], k.id) {
		return "", ErrWrongKey
	}
	if len(rest) < k.aead.NonceSize() {
		return "", ErrDamaged
	}
	text, err := k.aead.Open(nil, rest[:k.aead.NonceSize()], rest[k.aead.NonceSize():], head)
	if err != nil {
		return "", ErrDamaged
	}
	return string(text), nil
}

// load reads the key on first use, and makes one when there is none and create is set.
func (b *Box) load(create bool) (*key, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.key != nil {
		return b.key, nil
	}
	raw, err := readKey(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		if !create {
			return nil, ErrNoKey
		}
		raw, err = createKey(b.path)
	}
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	id := sha256.Sum256(raw)
	b.key = &key{id: id[:idSize], aead: aead}
	return b.key, nil
}

// readKey reads the key and takes the file away from everyone but its owner: a restored copy may be readable by all.
func readKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(raw) != keySize {
		return nil, fmt.Errorf("%s does not hold a key: restore it from a backup", path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, fmt.Errorf("others can read %s: %w", path, err)
		}
	}
	return raw, nil
}

// createKey makes a key on the disk before anything is sealed with it. When another process makes one at the same time,
// the first wins and both use it.
func createKey(path string) ([]byte, error) {
	raw := make([]byte, keySize)
	rand.Read(raw)                                                // never fails
	f, err := os.CreateTemp(filepath.Dir(path), KeyFile+".new-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name()) // a left-over name, not a secret
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := place(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return readKey(path)
	} else if err != nil {
		return nil, err
	}
	return raw, syncDir(filepath.Dir(path))
}

// place gives a file its final name unless that is taken. A link does so in one step; file systems without links (FAT)
// get a rename, where two processes that start at the same time may still meet.
func place(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Stat(to); err == nil {
		return fs.ErrExist
	}
	return os.Rename(from, to)
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
